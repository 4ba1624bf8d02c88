"""Where a patient lay, when the Encounter only refers to a Location by its id."""

import os

import pytest

from jobs import microbatch
from tests.conftest import NOW
from tests.ingest.conftest import ndjson


def location(place: str, name: str, form: str = "", within: str = "", **given) -> dict:
    resource = {"resourceType": "Location", "id": place, "name": name}
    if form:
        resource["physicalType"] = {"coding": [{"code": form}]}
    if within:
        resource["partOf"] = {"reference": f"Location/{within}"}
    return resource | given


def encounter(**where) -> dict:
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2026-03-01T08:00:00Z"},
        "location": [{"location": where}],
    }


HOUSE = [
    location("hospital", "General Hospital", "bu"),
    location("icu", "Intensive Care Unit", "wa", within="hospital"),
    location("room", "Room 3", "ro", within="icu"),
    location("bed", "Bed 7", "bd", within="room"),
    location("trolley", "Trolley 1", "bd", within="icu"),
    location("lone", "Bed 9", "bd"),
]


@pytest.fixture
def stood(land, lake):
    """Take in these files, in this order; returns ward, bed and kind of the one stay."""

    def take_in(*files: tuple[str, list[dict]]):
        for number, (name, resources) in enumerate(files):
            path = land("fhir", f"{name}.ndjson", ndjson(*resources))
            os.utime(path, (number, number))
        microbatch.drain(lake, now=NOW)
        with lake.read() as con:
            return con.execute("SELECT ward, bed, kind FROM clinical.location_current").fetchone()

    return take_in


@pytest.mark.parametrize(
    "place, expected",
    [
        ("bed", ("Intensive Care Unit", "Bed 7", "icu")),
        ("trolley", ("Intensive Care Unit", "Trolley 1", "icu")),
        ("room", ("Intensive Care Unit", None, "icu")),
        ("icu", ("Intensive Care Unit", None, "icu")),
        ("lone", (None, "Bed 9", "ward")),
        ("nowhere", (None, None, "ward")),
    ],
)
def test_a_reference_is_resolved_to_the_ward_around_it(stood, place, expected):
    stay = encounter(reference=f"Location/{place}")
    assert stood(("Location", HOUSE), ("Encounter", [stay])) == expected


def test_the_place_may_become_known_after_the_stay(stood):
    stay = encounter(reference="Location/bed")
    files = [("Encounter", [stay]), ("Location", HOUSE)]
    assert stood(*files) == ("Intensive Care Unit", "Bed 7", "icu")


def test_what_the_encounter_says_itself_comes_before_the_reference(stood):
    stay = encounter(reference="Location/bed", display="Ward 4B / Bed 12")
    assert stood(("Location", HOUSE), ("Encounter", [stay])) == ("Ward 4B", "Bed 12", "ward")


def test_a_renamed_place_is_a_new_version(stood):
    new = location(
        "bed", "Bed 7A", "bd", within="room", meta={"lastUpdated": "2030-01-01T00:00:00Z"}
    )
    stay = encounter(reference="Location/bed")
    files = [("Location", HOUSE), ("Location2", [new]), ("Encounter", [stay])]
    assert stood(*files)[1] == "Bed 7A"


def test_a_conditional_reference_is_no_id(judged, real_data):
    """Synthea names places by `Location?identifier=...`, and says their names beside it."""
    path = real_data("fhir-synthea") / "bulk" / "Encounter.000.ndjson"
    places = judged("fhir", path.name, path).accepted["location"]
    assert places["place_id"].isna().all() and places["ward"].notna().all()


def test_every_place_of_synthea_is_read(judged, real_data):
    path = real_data("fhir-synthea") / "bulk" / "Location.000.ndjson"
    assert len(judged("fhir", path.name, path).accepted["place"]) == 44
