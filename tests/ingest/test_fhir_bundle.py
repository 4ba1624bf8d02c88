"""Bundles: one file of many resources, as a transaction or a collection."""

import gzip
import json
from collections import Counter

import pytest

from jobs.ingest.fhir import lines
from jobs.ingest.fhir.resources import KINDS, resource
from jobs.ingest.landing import import_folder
from tests.ingest.conftest import observation
from warehouse.errors import ContractBroken

UUID = "urn:uuid:0a1b"


def bundle(*resources, **given) -> dict:
    """A transaction of these resources, each under its own id."""
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries} | given


@pytest.fixture
def judged_bundle(judged):
    return lambda content, name="b.json": judged(
        "fhir-bundle", name, json.dumps(content) if isinstance(content, dict) else content
    )


def patient(**given) -> dict:
    return {"resourceType": "Patient", "id": "p1", "gender": "female"} | given


def test_a_bundle_fills_the_table_of_each_of_its_resources(judged_bundle):
    found = judged_bundle(bundle(patient(), observation(), observation(id="o2")))
    assert {into: len(rows) for into, rows in found.accepted.items()} == {
        "patient": 1,
        "observation": 2,
    }
    assert list(found.accepted["observation"]["line"]) == [2, 3]


def test_a_reference_by_uuid_names_the_entry_of_that_uuid(judged_bundle):
    """Its own id counts where it has one; else its uuid does, for a server has yet to name it."""
    named, nameless = patient(id="p1"), patient()
    del nameless["id"]
    first = observation(subject={"reference": UUID})
    entries = lambda who: [{"fullUrl": UUID, "resource": who}, {"resource": first}]  # noqa: E731
    for who in (named, nameless):
        found = judged_bundle(bundle(entry=entries(who)))
        of_patient = found.accepted["patient"]["patient_id"]
        assert list(found.accepted["observation"]["patient_id"]) == list(of_patient)


def test_orders_and_what_was_given_are_rows_of_one_table(judged_bundle):
    code = {"medicationCodeableConcept": {"coding": [{"code": "7512"}]}}
    told = {"id": "m", "subject": {"reference": "Patient/p1"}} | code
    order = {"resourceType": "MedicationRequest", "authoredOn": "2026-03-01T08:00:00Z"}
    given = {"resourceType": "MedicationAdministration",
             "effectiveDateTime": "2026-03-01T08:00:00Z"}  # fmt: skip
    found = judged_bundle(bundle(told | given, told | order))
    assert list(found.accepted["treatment"]["is_order"]) == [False, True]


def test_an_entry_that_is_no_resource_is_refused_alone(judged_bundle):
    entries = [{"resource": observation()}, {"request": {"method": "DELETE"}}, {"resource": [1]}]
    found = judged_bundle(bundle(entry=[*entries, {"resource": {"resourceType": {}}}]))
    assert list(found.refused["line"]) == [2, 3, 4]
    assert len(found.accepted["observation"]) == 1


def test_entries_of_other_types_are_passed_over(judged_bundle):
    claim = {"resourceType": "Claim", "id": "c1"}
    assert judged_bundle(bundle(claim, observation())).read == 1


@pytest.mark.parametrize("name", ['a","x', "\\", "\n", "é\U0001f600"])
def test_an_id_of_any_letters_stays_an_id(judged_bundle, name):
    """Whether it is the entry's uuid, or an own id to which a uuid leads."""
    nameless = patient()
    del nameless["id"]
    url, about = f"{UUID}{name}", observation(subject={"reference": UUID})
    found = judged_bundle(bundle(entry=[{"fullUrl": url, "resource": nameless}]))
    assert (len(found.accepted["patient"]), len(found.refused)) == (1, 0)
    named = {"fullUrl": UUID, "resource": patient(id=name)}
    found = judged_bundle(bundle(entry=[named, {"resource": about}]))
    assert len(found.accepted["observation"]) == 1


@pytest.mark.parametrize(
    "content, words",
    [
        ("", "not JSON"),
        ('{"resourceType": "Bundle", "entry": [', "not JSON"),
        ("[]", "no FHIR Bundle"),
        ('{"resourceType": "Patient"}', "no FHIR Bundle"),
        (b'{"resourceType": "Bundle", "id": "\xe9"}', "UTF-8"),
        (bundle(entry={"resource": patient()}), "no list"),
        (bundle(entry=None), "no list"),
        (bundle(), "no resource that is read"),
        ('{"resourceType": "Bundle"}', "no resource that is read"),
        (bundle({"resourceType": "Claim", "id": "c1"}), "no resource that is read"),
    ],
)
def test_what_is_no_bundle_is_refused_whole(judged_bundle, content, words):
    with pytest.raises(ContractBroken, match=words):
        judged_bundle(content)


def test_a_bundle_may_be_gzip_and_begin_with_a_byte_order_mark(judged_bundle):
    content = b"\xef\xbb\xbf" + json.dumps(bundle(observation())).encode()
    assert judged_bundle(gzip.compress(content), "b.json.gz").read == 1


@pytest.mark.parametrize("name", ["b.json", "b.json.gz"])
def test_a_bundle_that_is_too_big_for_memory_is_refused(judged_bundle, monkeypatch, name):
    monkeypatch.setattr(lines, "MOST", 1000)
    content = json.dumps(bundle(observation(note="x" * 1000))).encode()
    with pytest.raises(ContractBroken, match="NDJSON"):
        judged_bundle(gzip.compress(content) if name.endswith(".gz") else content, name)


def test_only_json_that_is_a_bundle_is_taken_from_an_export(settings, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "something else"}')
    (tmp_path / "b.json").write_text(json.dumps(bundle(patient())))
    found = import_folder(settings, tmp_path)
    assert found["copied"] == {"fhir-bundle": ["b.json"]}
    assert found["ignored"] == ["package.json"]


def expected(content: dict) -> Counter:
    """How many rows of each table a bundle's resources make."""
    rows = Counter()
    for entry in content["entry"]:
        found = entry["resource"]
        if found["resourceType"] in KINDS:
            wanted = resource(found["resourceType"], "fhir")
            elements = found.get(wanted.part_of, [])
            rows[wanted.row.into] += not (wanted.needed and elements)
            if elements:
                rows[wanted.part.into] += len(elements)
    return rows


def test_every_bundle_of_synthea_is_read_whole(judges, settings, judged_bundle, real_data):
    paths = sorted((real_data("fhir-synthea") / "bundles").glob("*.json"))
    assert len(paths) == 8
    for number, path in enumerate(paths):
        found = judged_bundle(path.read_bytes(), f"{number}.json")
        (settings.landing / "fhir-bundle" / f"{number}.json").unlink()
        read = Counter({into: len(rows) for into, rows in found.accepted.items()})
        read.update(found.refused["into_table"])
        assert read == expected(json.loads(path.read_text()))
        assert found.refused.empty


def test_what_synthea_measures_of_our_signs_and_tests_is_mapped(judged_bundle, real_data):
    """By LOINC; heights, pain, lipids and the like are accepted and have no concept."""
    (path,) = (real_data("fhir-synthea") / "bundles").glob("Alejandro*.json")
    rows = judged_bundle(path.read_bytes()).accepted["observation"]
    assert {"systolic_bp", "diastolic_bp", "weight"} <= set(rows["concept"].dropna())
    assert rows["concept"].isna().any()
