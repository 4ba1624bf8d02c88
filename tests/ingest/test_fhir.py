import gzip

import pytest

from tests.ingest.conftest import at, ndjson, observation

SYSTOLIC = {"coding": [{"code": "8480-6"}]}
DIASTOLIC = {"coding": [{"code": "8462-4"}]}


def quantity(value, unit):
    return {"value": value, "unit": unit, "code": unit}


def test_an_observation_becomes_a_row_with_both_its_times(judged_fhir):
    row = judged_fhir(observation()).accepted["observation"].iloc[0]
    assert (row["concept"], row["value"], row["unit"]) == ("heart_rate", 72, "/min")
    assert row["time"] == at("2026-03-01T08:00")
    assert row["arrived"] == at("2026-03-01T08:05")


def test_a_panel_becomes_a_row_for_each_component(judged_fhir):
    panel = observation(
        code={"coding": [{"code": "85354-9"}]},
        component=[
            {"code": SYSTOLIC, "valueQuantity": quantity(120, "mm[Hg]")},
            {"code": DIASTOLIC, "valueQuantity": quantity(80, "mm[Hg]")},
        ],
    )
    del panel["valueQuantity"]
    found = judged_fhir(panel)
    rows = found.accepted["observation"]
    assert dict(zip(rows["concept"], rows["value"], strict=True)) == {
        "systolic_bp": 120,
        "diastolic_bp": 80,
    }
    assert rows["observation_id"].is_unique
    assert found.read == 2


def test_a_correction_to_another_code_is_a_version_of_the_same_value(judged_fhir):
    corrected = observation(status="corrected", code={"coding": [{"code": "9279-1"}]})
    rows = judged_fhir(observation(), corrected).accepted["observation"]
    assert list(rows["concept"]) == ["heart_rate", "respiratory_rate"]
    assert rows["observation_id"].nunique() == 1


def test_a_number_below_a_limit_is_not_taken_for_the_limit(judged_fhir):
    below = observation(valueQuantity=quantity(72, "/min") | {"comparator": "<"})
    found = judged_fhir(below)
    assert list(found.refused["rules"]) == ["value_readable"]
    assert "<72" in found.refused["refused_row"].iloc[0]


def test_one_bad_component_does_not_take_the_other_with_it(judged_fhir):
    panel = observation(
        component=[
            {"code": SYSTOLIC, "valueQuantity": quantity(1200, "mm[Hg]")},
            {"code": DIASTOLIC, "valueQuantity": quantity(80, "mm[Hg]")},
        ]
    )
    del panel["valueQuantity"]
    found = judged_fhir(panel)
    assert list(found.accepted["observation"]["concept"]) == ["diastolic_bp"]
    assert list(found.refused["rules"]) == ["value_not_too_high"]


@pytest.mark.parametrize(
    "code, value, expected",
    [
        ("67775-7", {"valueCodeableConcept": {"coding": [{"code": "248234008"}]}}, 0),
        ("67775-7", {"valueCodeableConcept": {"text": "New confusion"}}, 1),
        ("67775-7", {"valueString": "U"}, 4),
        ("109035-0", {"valueCodeableConcept": {"text": "Room air"}}, 0),
        ("8310-5", {"valueQuantity": quantity(100.4, "[degF]")}, 38.0),
        ("59408-5", {"valueQuantity": quantity(0.97, "1")}, 97.0),
        ("8480-6", {"valueQuantity": quantity(16, "kPa")}, 120.0),
    ],
)
def test_values_are_in_the_unit_of_the_concept(judged_fhir, code, value, expected):
    given = observation(code={"coding": [{"code": code}]}, **value)
    if "valueQuantity" not in value:
        del given["valueQuantity"]
    row = judged_fhir(given).accepted["observation"].iloc[0]
    assert row["value"] == pytest.approx(expected, abs=0.02)


def test_the_original_value_and_unit_are_kept(judged_fhir):
    row = (
        judged_fhir(
            observation(
                code={"coding": [{"code": "8310-5"}]},
                valueQuantity=quantity(100.4, "[degF]"),
            )
        )
        .accepted["observation"]
        .iloc[0]
    )
    assert (row["source_value"], row["source_unit"]) == (100.4, "[degF]")


def test_an_observation_without_any_value_is_refused(judged_fhir):
    bare = observation()
    del bare["valueQuantity"]
    assert list(judged_fhir(bare).refused["rules"]) == ["value_readable"]


def test_free_text_in_place_of_a_code_is_refused(judged_fhir):
    found = judged_fhir(observation(code={"text": "pulse, told me by Mrs Example"}))
    assert list(found.refused["rules"]) == ["code_present"]


def test_an_encounter_tells_where_the_patient_was(judged_fhir):
    encounter = {
        "resourceType": "Encounter",
        "id": "e1",
        "class": {"code": "IMP"},
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2026-03-01T08:00:00Z", "end": "2026-03-04T10:00:00Z"},
        "hospitalization": {"dischargeDisposition": {"coding": [{"code": "exp"}]}},
        "location": [
            {
                "location": {"display": "Ward 4B / Bed 12"},
                "period": {"start": "2026-03-01T08:00:00Z"},
            },
            {"location": {"display": "Intensive Care Unit / Bed 1"}},
        ],
    }
    found = judged_fhir(encounter, kind="Encounter")
    places = found.accepted["location"]
    assert list(places["ward"]) == ["Ward 4B", "Intensive Care Unit"]
    assert list(places["kind"]) == ["ward", "icu"]
    assert list(places["bed"]) == ["Bed 12", "Bed 1"]
    assert found.accepted["encounter"]["death_time"].iloc[0] == at("2026-03-04T10:00")


def test_a_patient_keeps_the_year_of_birth_only(judged_fhir):
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "gender": "female",
        "birthDate": "1953-07-14",
        "name": [{"family": "Example", "given": ["Ann", "B"]}],
    }
    found = judged_fhir(patient, kind="Patient")
    row = found.accepted["patient"].iloc[0]
    assert (row["sex"], row["birth_year"]) == ("female", 1953)
    assert list(found.identities["name"]) == ["Ann B Example"]


def test_an_infusion_is_a_treatment(judged_fhir):
    given = {
        "resourceType": "MedicationAdministration",
        "id": "m1",
        "subject": {"reference": "Patient/p1"},
        "context": {"reference": "Encounter/e1"},
        "medicationCodeableConcept": {"coding": [{"code": "7512"}]},
        "effectivePeriod": {"start": "2026-03-01T08:00:00Z"},
    }
    row = judged_fhir(given, kind="MedicationAdministration").accepted["treatment"].iloc[0]
    assert (row["concept"], row["start_time"]) == (
        "norepinephrine",
        at("2026-03-01T08:00"),
    )


def test_references_by_uuid_and_by_path_name_the_same_patient(judged_fhir):
    found = judged_fhir(observation(), observation(id="o2", subject={"reference": "urn:uuid:p1"}))
    assert found.accepted["observation"]["patient_id"].nunique() == 1


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_what_the_source_has_taken_back_has_no_value(judged_fhir, status):
    row = judged_fhir(observation(status=status)).accepted["observation"].iloc[0]
    assert row["value"] != row["value"]


@pytest.mark.parametrize("status, is_retracted", [("completed", False), ("not-done", True)])
def test_a_drug_that_was_not_given_is_no_treatment(judged_fhir, status, is_retracted):
    given = {
        "resourceType": "MedicationAdministration",
        "id": "m1",
        "status": status,
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"coding": [{"code": "7512"}]},
        "effectiveDateTime": "2026-03-01T08:00:00Z",
    }
    row = judged_fhir(given, kind="MedicationAdministration").accepted["treatment"].iloc[0]
    assert row["is_retracted"] == is_retracted


@pytest.mark.parametrize(
    ("status", "refused", "is_retracted"),
    [("in-progress", 0, [False]), ("cancelled", 0, [True]), ("planned", 1, [])],
)
def test_nobody_lies_in_the_bed_of_a_cancelled_stay(judged_fhir, status, refused, is_retracted):
    encounter = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": status,
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2026-03-01T08:00:00Z"},
        "location": [{"location": {"display": "Ward 4B / Bed 12"}}],
    }
    found = judged_fhir(encounter, kind="Encounter")
    assert len(found.refused) == 2 * refused
    for table in ("encounter", "location"):
        assert found.accepted[table]["is_retracted"].tolist() == is_retracted


def test_gzip_reads_as_plain(judged):
    content = gzip.compress(ndjson(observation()).encode())
    assert len(judged("demo-ehr", "Observation.ndjson.gz", content).accepted["observation"]) == 1
