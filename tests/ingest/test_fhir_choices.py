"""Which coding of several, which unit, whose id: what FHIR leaves to the reader."""

import pytest

from tests.ingest.conftest import observation

LOINC, SNOMED, LOCAL = "http://loinc.org", "http://snomed.info/sct", "urn:example:local"
UCUM = "http://unitsofmeasure.org"


def codings(*pairs) -> dict:
    return {"coding": [{"system": system, "code": code} for system, code in pairs]}


def first(found):
    return found.accepted["observation"].iloc[0]


@pytest.mark.parametrize(
    "pairs, code",
    [
        ([(LOINC, "8867-4")], "8867-4"),
        ([(LOCAL, "HR"), (LOINC, "8867-4")], "8867-4"),
        ([(SNOMED, "364075005"), (LOINC, "8867-4")], "8867-4"),
        ([(LOCAL, "X1"), (LOINC, "0000-0")], "0000-0"),
        ([(LOCAL, "X1"), (LOCAL, "X2")], "X1"),
        ([(LOCAL, None), (LOCAL, "X2")], "X2"),
    ],
)
def test_a_code_that_is_known_comes_before_a_known_system_before_the_first(
    judged_fhir, pairs, code
):
    assert first(judged_fhir(observation(code=codings(*pairs))))["source_code"] == code


def test_the_codes_of_components_are_chosen_in_the_same_way(judged_fhir):
    systolic = codings((SNOMED, "271649006"), (LOINC, "8480-6"))
    panel = observation(component=[{"code": systolic, "valueQuantity": {"value": 120}}])
    del panel["valueQuantity"]
    assert first(judged_fhir(panel))["concept"] == "systolic_bp"


@pytest.mark.parametrize(
    "said, value",
    [
        (codings((LOCAL, "LOC7"), (SNOMED, "248234008")), 0),
        (codings((LOCAL, "LOC7")) | {"text": "Alert"}, 0),
        ({"text": " Responds to pain"}, 3),
    ],
)
def test_a_coded_value_is_taken_from_the_coding_or_text_that_is_known(judged_fhir, said, value):
    given = observation(code=codings((LOINC, "67775-7")), valueCodeableConcept=said)
    del given["valueQuantity"]
    assert first(judged_fhir(given))["value"] == value


@pytest.mark.parametrize(
    "quantity, unit",
    [
        ({"system": UCUM, "code": "/min", "unit": "beats per minute"}, "/min"),
        ({"system": LOCAL, "code": "U17", "unit": "/min"}, "/min"),
        ({"code": "/min"}, "/min"),
        ({"system": UCUM, "unit": "bpm"}, "bpm"),
    ],
)
def test_a_code_is_a_unit_where_it_is_ucum_and_else_what_is_printed_is(judged_fhir, quantity, unit):
    row = first(judged_fhir(observation(valueQuantity={"value": 72} | quantity)))
    assert (row["source_unit"], row["value"]) == (unit, 72)


@pytest.mark.parametrize(
    "reference",
    ["Patient/p1", "urn:uuid:p1", "https://fhir.example/r4/Patient/p1", "Patient/p1/_history/3"],
)
def test_a_patient_is_named_in_every_way_that_fhir_has(judged_fhir, reference):
    both = judged_fhir(observation(), observation(id="o2", subject={"reference": reference}))
    assert both.accepted["observation"]["patient_id"].nunique() == 1


@pytest.mark.parametrize(
    "reference", ["Patient?identifier=mrn|p1", "#p1", "Group/p1", "Device/p1", "", "Patient/"]
)
def test_what_names_no_patient_is_not_taken_for_one(judged_fhir, reference):
    found = judged_fhir(observation(subject={"reference": reference}))
    assert list(found.refused["rules"]) == ["patient_present"]
