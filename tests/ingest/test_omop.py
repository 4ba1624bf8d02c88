"""OMOP CDM 5.4, tables as CSV: written from its documentation alone, on a made-up patient."""

import csv
import io

import pytest

from jobs import microbatch
from jobs.ingest.landing import import_folder
from tests.conftest import NOW

PERSON = {"person_id": 1, "gender_concept_id": 8532, "year_of_birth": 1950}
VISIT = {
    "visit_occurrence_id": 10,
    "person_id": 1,
    "visit_concept_id": 9201,
    "visit_start_date": "2025-03-01",
    "visit_start_datetime": "2025-03-01 08:00:00",
    "visit_end_date": "2025-03-04",
    "visit_end_datetime": "",
    "visit_source_value": "IP",
}
DETAIL = {
    "visit_detail_id": 11,
    "person_id": 1,
    "visit_detail_concept_id": 32037,
    "visit_detail_start_date": "2025-03-01",
    "visit_detail_start_datetime": "2025-03-01 09:00:00",
    "visit_detail_end_date": "2025-03-02",
    "visit_detail_end_datetime": "2025-03-02 09:00:00",
    "care_site_id": 7,
    "visit_detail_source_value": "ICU 2",
    "visit_occurrence_id": 10,
}
MEASUREMENT = {
    "measurement_id": 100,
    "person_id": 1,
    "measurement_concept_id": 3027018,
    "measurement_date": "2025-03-01",
    "measurement_datetime": "2025-03-01 10:00:00",
    "value_as_number": 88,
    "unit_concept_id": 8541,
    "visit_occurrence_id": 10,
    "measurement_source_value": "HR",
    "unit_source_value": "bpm",
    "value_source_value": "88",
}
OBSERVATION = {
    "observation_id": 100,
    "person_id": 1,
    "observation_concept_id": 0,
    "observation_date": "2025-03-01",
    "observation_datetime": "",
    "value_as_number": "",
    "value_as_string": "never",
    "unit_concept_id": "",
    "visit_occurrence_id": 10,
    "observation_source_value": "SMOKER",
    "unit_source_value": "",
}
DRUG = {
    "drug_exposure_id": 200,
    "person_id": 1,
    "drug_concept_id": 1321341,
    "drug_exposure_start_date": "2025-03-01",
    "drug_exposure_start_datetime": "2025-03-01 11:00:00",
    "drug_exposure_end_date": "2025-03-01",
    "drug_exposure_end_datetime": "2025-03-01 12:00:00",
    "drug_type_concept_id": 32818,
    "quantity": 4,
    "visit_occurrence_id": 10,
    "drug_source_value": "NOR",
    "dose_unit_source_value": "mg",
}
CONDITION = {
    "condition_occurrence_id": 300,
    "person_id": 1,
    "condition_concept_id": 132797,
    "condition_start_date": "2025-03-01",
    "condition_start_datetime": "",
    "visit_occurrence_id": 10,
    "condition_source_value": "A41.9",
}
DEATH = {"person_id": 1, "death_date": "2025-03-04", "death_datetime": ""}


def table(*rows: dict) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


EXPORT = {
    "person.csv": table(PERSON),
    "death.csv": table(DEATH),
    "visit_occurrence.csv": table(VISIT),
    "visit_detail.csv": table(DETAIL),
    "measurement.csv": table(
        MEASUREMENT,
        MEASUREMENT
        | {"measurement_id": 101, "measurement_concept_id": 3020891, "unit_concept_id": 9289}
        | {"value_as_number": 98.6},
        MEASUREMENT | {"measurement_id": 102, "unit_concept_id": 1234},
        MEASUREMENT
        | {"measurement_id": 103, "measurement_concept_id": 0, "measurement_source_value": "XY"},
    ),
    "observation.csv": table(OBSERVATION),
    "drug_exposure.csv": table(DRUG, DRUG | {"drug_exposure_id": 2, "drug_type_concept_id": 32838}),
    "condition_occurrence.csv": table(CONDITION),
    "concept.csv": "concept_id,concept_name\n1,one\n",
}


@pytest.fixture
def query(lake, tmp_path):
    """Take in the export; returns a query on the lake."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in EXPORT.items():
        (folder / name).write_text(text)
    found = import_folder(lake.settings, folder)
    assert found["ignored"] == ["concept.csv"]
    microbatch.drain(lake, now=NOW, sources=list(found["copied"]))

    def ask(text: str) -> list[tuple]:
        with lake.read() as con:
            return con.execute(text).fetchall()

    return ask


def test_an_omop_export_is_read_table_by_table(query):
    assert query("SELECT kind, read, accepted FROM ops.batch ORDER BY kind") == [
        ("condition_occurrence", 1, 1),
        ("death", 1, 1),
        ("drug_exposure", 2, 2),
        ("measurement", 4, 3),
        ("observation", 1, 1),
        ("person", 1, 1),
        ("visit_detail", 1, 1),
        ("visit_occurrence", 1, 1),
    ]


def test_standard_concepts_and_units_are_known_by_their_ids(query):
    found = query(
        "SELECT concept, round(value, 1), unit, source_code FROM clinical.observation ORDER BY ALL"
    )
    assert found == [
        ("heart_rate", 88.0, "/min", "3027018"),
        ("temperature", 37.0, "Cel", "3020891"),
        (None, None, None, "SMOKER"),
        (None, None, None, "XY"),
    ]


def test_a_unit_that_nobody_knows_is_refused(query):
    assert query("SELECT rules FROM quality.quarantine") == [("unit_known",)]


def test_a_death_keeps_what_was_known_of_the_person(query):
    assert query(
        "SELECT sex, birth_year, CAST(death_time AS DATE)::VARCHAR FROM clinical.patient_current"
    ) == [("female", 1950, "2025-03-04")]


def test_what_was_only_prescribed_was_not_given(query):
    assert query("SELECT concept, is_order FROM clinical.treatment ORDER BY is_order") == [
        ("norepinephrine", False),
        ("norepinephrine", True),
    ]


def test_a_stay_in_intensive_care_is_a_place_of_that_kind(query):
    assert query("SELECT ward, kind FROM clinical.location") == [("ICU 2", "icu")]
