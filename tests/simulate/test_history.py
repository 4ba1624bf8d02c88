"""What `write_history` leaves in landing."""

from collections import Counter
from datetime import datetime
from itertools import pairwise

import pandas as pd
import pytest

from jobs.simulate import hospital
from jobs.simulate.exports import of
from tests.simulate.conftest import SMALL, UNTIL, bytes_below

FEW = SMALL | {"patients": 12, "beds": 3}


def write_anew(landing, **changes) -> dict[str, bytes]:
    """Write a history as a new process would: nothing remembered."""
    of.cache_clear()
    hospital.write_history(landing, **FEW | changes)
    return bytes_below(landing)


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    assert write_anew(tmp_path / "one") == write_anew(tmp_path / "two")


def test_another_seed_writes_other_bytes(tmp_path):
    one, two = write_anew(tmp_path / "one"), write_anew(tmp_path / "two", seed=8)
    assert not set(one.values()) & set(two.values())


def test_every_file_is_one_that_a_source_expects(history):
    names = {name.split("/")[0] for name in bytes_below(history.landing)}
    assert names == {"demo-ehr", "demo-lab", "demo-monitor"}
    assert not [name for name in bytes_below(history.landing) if name.endswith(".part")]


def test_monitors_send_csv_and_parquet(history):
    suffixes = {path.suffix for path in (history.landing / "demo-monitor").iterdir()}
    assert suffixes == {".gz", ".parquet"}


def test_the_counts_are_those_of_the_files(history, resources, labs, readings):
    written = {kind: len(found) for kind, found in resources.items()}
    assert history.counts == written | {"labs": len(labs), "readings": len(readings)}


def test_exactly_as_many_as_there_are_beds_lie_in_the_live_ward(resources):
    now = [
        place["location"]["display"] for stay in latest(resources) for place in open_places(stay)
    ]
    in_ward = [name for name in now if name.startswith("Ward 4B / ")]
    assert sorted(in_ward) == [f"Ward 4B / Bed {bed}" for bed in range(1, 7)]


def test_all_are_in_the_live_ward_where_there_are_fewer_patients_than_beds(tmp_path):
    hospital.write_history(tmp_path, **SMALL | {"patients": 2})
    assert len(list((tmp_path / "demo-ehr").glob("Encounter*"))) == 1


def test_most_patients_have_gone_by_the_end_of_five_days():
    stays = of(3, 100, 5, UNTIL, 6).hospital.stays
    first = [stay for stay in stays if stay.course.admitted < 0]
    assert sum(stay.course.ended < 0 for stay in first) > 0.5 * len(first)


def test_nobody_shares_a_bed(small):
    places = sorted(
        (place.ward, place.bed, place.start, place.end)
        for stay in small.stays
        for place in stay.places
    )
    for one, other in pairwise(places):
        assert one[:2] != other[:2] or one[3] <= other[2]


def test_nothing_is_known_before_it_happens(resources, labs, readings):
    charted = resources["Observation"]
    assert all(row["effectiveDateTime"] <= row["issued"] for row in charted)
    assert (labs["collected"] <= labs["resulted"]).all()
    assert (readings["time"] <= readings["sent"]).all()


def test_nothing_after_until_is_in_the_history(resources, labs, readings):
    end = UNTIL.isoformat()
    assert max(row["issued"] for row in resources["Observation"]) <= end
    assert max(row["meta"]["lastUpdated"] for row in resources["Encounter"]) <= end
    assert labs["resulted"].max() <= end.replace("T", " ")
    assert readings["sent"].max() <= end


def test_nothing_happens_to_anyone_after_death_or_discharge(resources, labs, readings):
    ended = {
        stay["subject"]["reference"].split("/")[1]: stay["period"]["end"]
        for stay in latest(resources)
        if stay["status"] == "finished"
    }
    times = [
        (row["subject"]["reference"].split("/")[1], row["effectiveDateTime"])
        for row in resources["Observation"]
    ]
    collected = labs["collected"].str.replace(" ", "T") + "+00:00"
    times += list(zip(labs["patient_id"], collected, strict=True))
    named = readings[readings["patient"] != ""]
    times += list(zip(named["patient"], named["time"], strict=True))
    assert ended and not [when for patient, when in times if when > ended.get(patient, when)]


def test_rows_stand_in_the_order_in_which_they_became_known(resources):
    for kind in ("Patient", "Encounter", "MedicationAdministration"):
        known = [row["meta"]["lastUpdated"] for row in resources[kind]]
        assert known == sorted(known)
    issued = [row["issued"] for row in resources["Observation"]]
    assert issued == sorted(issued)


def test_ids_tell_nothing_about_their_patients(small):
    """Ids are random: those who deteriorate are not first, last or otherwise marked by them."""
    ids = [stay.course.person.patient_id for stay in small.stays]
    assert all(len(one) == 12 for one in ids) and len(set(ids)) == len(ids)
    assert Counter(len(one) for one in ids) == {12: len(ids)}


def test_a_bed_is_only_read_while_somebody_lies_in_it(small, readings):
    spans = pd.DataFrame(
        [(p.name, *small.seconds([p.start, p.end])) for s in small.stays for p in s.places],
        columns=["bed", "start", "end"],
    )
    seconds = pd.to_datetime(readings["time"]).map(datetime.timestamp).astype(int)
    rows = readings.assign(second=seconds).merge(spans, on="bed")
    inside = rows[(rows["second"] >= rows["start"]) & (rows["second"] <= rows["end"])]
    assert len(inside) == len(readings)


def test_a_time_without_a_zone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="time zone"):
        hospital.write_history(tmp_path, **FEW | {"until": UNTIL.replace(tzinfo=None)})


def latest(resources) -> list[dict]:
    """The newest version of each stay."""
    return list({stay["id"]: stay for stay in resources["Encounter"]}.values())


def open_places(stay) -> list[dict]:
    return [place for place in stay["location"] if "end" not in place["period"]]
