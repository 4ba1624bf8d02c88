"""The FHIR R4 that the record system exports."""

import re
from datetime import datetime

import pytest

from jobs.simulate import dirt, fhir
from jobs.simulate.fhir_charting import PAIN, PRESSURE_PANEL
from tests.simulate.conftest import UNTIL
from warehouse import vocabulary

NATIVE_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
UNMAPPED_DRUGS = {"2193", "9863", "4603", "161", "6918"}
"""Ceftriaxone, sodium chloride, furosemide, acetaminophen, metoprolol: given, but not mapped."""


def known_codes(code_set: str) -> set[str]:
    table = vocabulary.table("source_codes")
    return set(table.loc[table["code_set"] == code_set, "code"])


def code_of(content: dict) -> str:
    return content["code"]["coding"][0]["code"]


@pytest.mark.parametrize(
    "kind, required",
    [
        ("Patient", {"gender", "birthDate", "name", "meta"}),
        ("Encounter", {"status", "class", "subject", "period", "location", "meta"}),
        ("Observation", {"status", "code", "subject", "encounter", "effectiveDateTime", "issued"}),
        (
            "MedicationAdministration",
            {"status", "medicationCodeableConcept", "subject", "context", "effectivePeriod"},
        ),
    ],
)
def test_resources_carry_what_fhir_and_our_reader_need(resources, kind, required):
    for resource in resources[kind]:
        assert resource["resourceType"] == kind
        assert NATIVE_ID.fullmatch(resource["id"])
        assert required <= set(resource)


def test_all_times_have_an_offset(resources):
    for row in resources["Observation"]:
        assert datetime.fromisoformat(row["effectiveDateTime"]).tzinfo
        assert datetime.fromisoformat(row["issued"]).tzinfo
    for stay in resources["Encounter"]:
        assert datetime.fromisoformat(stay["period"]["start"]).tzinfo


def test_references_lead_to_exported_patients_and_stays(resources):
    patients = {f"Patient/{row['id']}" for row in resources["Patient"]}
    stays = {f"Encounter/{row['id']}" for row in resources["Encounter"]}
    for row in resources["Observation"]:
        assert row["subject"]["reference"] in patients
        assert row["encounter"]["reference"] in stays
    for row in resources["MedicationAdministration"]:
        assert row["context"]["reference"] in stays


def test_an_observation_has_one_value_or_components(resources):
    for row in resources["Observation"]:
        values = [name for name in row if name.startswith("value")] + ["component"] * (
            "component" in row
        )
        assert len(values) == 1


def test_blood_pressure_is_a_panel_of_two(resources):
    panels = [row for row in resources["Observation"] if code_of(row) == PRESSURE_PANEL["code"]]
    assert panels
    for panel in panels:
        assert [code_of(part) for part in panel["component"]] == ["8480-6", "8462-4"]


def test_codes_are_mapped_except_those_that_are_meant_not_to_be(resources):
    planted = {dirt.STRANGE_CODE, PAIN["code"], PRESSURE_PANEL["code"]}
    used = {code_of(row) for row in resources["Observation"]}
    assert planted - {dirt.STRANGE_CODE} < used
    assert used <= known_codes("fhir") | planted
    drugs = {
        row["medicationCodeableConcept"]["coding"][0]["code"]
        for row in resources["MedicationAdministration"]
    }
    assert drugs <= known_codes("fhir") | UNMAPPED_DRUGS


def test_words_and_codes_of_coded_signs_can_be_read(resources):
    texts = set(vocabulary.table("source_values")["text"])
    for row in resources["Observation"]:
        if "valueCodeableConcept" in row:
            value = row["valueCodeableConcept"]
            assert value["text"] in texts
            assert all(coding["code"] in texts for coding in value.get("coding", []))


def test_some_thermometers_are_in_fahrenheit_and_say_so(resources):
    values = [
        row["valueQuantity"]
        for row in resources["Observation"]
        if code_of(row) == "8310-5" and "valueQuantity" in row
    ]
    fahrenheit = [v["value"] for v in values if v["unit"] == "[degF]" and v["value"] < 200]
    celsius = [v["value"] for v in values if v["unit"] == "Cel" and v["value"] < 200]
    assert fahrenheit and min(fahrenheit) > 90
    assert celsius and max(celsius) < 45


def test_a_prescribed_scale_2_is_exported_once_and_only_with_copd(small, resources):
    scales = [row for row in resources["Observation"] if code_of(row) == "NEWS2-SCALE"]
    people = {stay.course.person.patient_id: stay.course.person for stay in small.stays}
    patients = [row["subject"]["reference"].split("/")[1] for row in scales]
    assert patients and len(set(patients)) == len(patients)
    assert all(people[patient].has_copd for patient in patients)
    assert all(row["valueInteger"] == 2 for row in scales)


def test_a_stay_is_exported_again_whenever_it_changes(resources):
    versions = {}
    for stay in resources["Encounter"]:
        versions.setdefault(stay["id"], []).append(stay)
    assert any(len(found) > 1 for found in versions.values())
    for found in versions.values():
        numbers = [int(stay["meta"]["versionId"]) for stay in found]
        assert numbers == list(range(1, len(found) + 1))
        assert found[0]["status"] == "in-progress" and len(found[0]["location"]) == 1


def test_a_version_tells_nothing_of_what_comes_later(resources):
    for stay in resources["Encounter"]:
        known = stay["meta"]["lastUpdated"]
        times = [stay["period"].get("end", "")]
        times += [time for place in stay["location"] for time in place["period"].values()]
        assert max(times) <= known
        assert ("hospitalization" in stay) == (stay["status"] == "finished")
    for patient in resources["Patient"]:
        assert patient.get("deceasedDateTime", "") <= patient["meta"]["lastUpdated"]


def test_the_dead_are_discharged_as_such(small):
    dead = [stay for stay in small.stays if stay.course.is_dead]
    assert dead
    for stay in dead:
        *_, (_, last) = fhir.encounters(stay, UNTIL)
        code = last["hospitalization"]["dischargeDisposition"]["coding"][0]["code"]
        *_, (_, person) = fhir.patients(stay, UNTIL)
        assert code == "exp" and person["deceasedDateTime"] == last["period"]["end"]


def test_infusions_are_known_when_they_start_and_again_when_they_end(small):
    given = [drug for stay in small.stays for _, drug in fhir.medications(stay, UNTIL)]
    pressors = [drug for drug in given if "rateQuantity" in drug["dosage"]]
    assert {drug["status"] for drug in pressors} == {"in-progress", "completed"}
    for drug in pressors:
        assert ("end" in drug["effectivePeriod"]) == (drug["status"] == "completed")
