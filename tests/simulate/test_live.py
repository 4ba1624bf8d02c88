"""The live continuation of the same world."""

from datetime import timedelta
from itertools import pairwise

import orjson
import pytest

from jobs.simulate import exports, live
from jobs.simulate.readings import COLUMNS
from tests.simulate.conftest import SMALL, UNTIL, bytes_below, read_tables


def run(landing, minutes: list[float]) -> list[dict]:
    """Call `write_live` once for each step between these minutes after `until`."""
    moments = [UNTIL + timedelta(minutes=minute) for minute in minutes]
    return [
        live.write_live(landing, **SMALL, since=since, to=to) for since, to in pairwise(moments)
    ]


def lines_of(landing, kind: str) -> list[bytes]:
    paths = sorted((landing / "demo-ehr").glob(f"{kind}-*"))
    return [line for path in paths for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """Two hours in steps of odd lengths."""
    landing = tmp_path_factory.mktemp("cut")
    run(landing, [0, 0.4, 3, 9.9, 12, 31, 59, 60.5, 61, 90, 120])
    return landing


def test_many_steps_write_what_one_long_run_would(cut, tmp_path):
    run(tmp_path, [0, 120])
    assert read_tables(cut / "demo-monitor").equals(read_tables(tmp_path / "demo-monitor"))
    assert lines_of(cut, "Observation") == lines_of(tmp_path, "Observation")
    assert read_tables(cut / "demo-lab").equals(read_tables(tmp_path / "demo-lab"))


def test_history_and_live_join_without_gap_or_overlap(readings, resources, cut):
    made, start = exports.of(**SMALL), int(UNTIL.timestamp())
    sent = made.sent(0, start + 7200)
    written = len(readings) + len(read_tables(cut / "demo-monitor"))
    assert written == len(sent)
    _, lines = made.records["Observation"].between(0, start + 7200 - (start + 7200) % 600)
    assert len(resources["Observation"]) + len(lines_of(cut, "Observation")) == len(lines)


def test_the_same_call_writes_the_same_bytes(tmp_path):
    run(tmp_path / "one", [5, 35])
    exports.of.cache_clear()
    run(tmp_path / "two", [5, 35])
    assert bytes_below(tmp_path / "one") == bytes_below(tmp_path / "two")


def test_every_live_bed_sends_every_minute(cut):
    rows = read_tables(cut / "demo-monitor")
    in_ward = rows[rows["bed"].str.startswith("Ward 4B / ")]
    minutes = in_ward.assign(minute=in_ward["time"].str[:16]).groupby("minute")["bed"].nunique()
    assert list(rows.columns) == COLUMNS
    assert minutes.iloc[5:-1].median() == SMALL["beds"]


def test_records_come_every_ten_minutes(tmp_path):
    first, second, third = run(tmp_path, [0, 2, 3, 13])
    assert set(first) == {"readings"}
    assert set(second) > {"Observation", "labs"}  # 10:10 has passed
    assert set(third) == set(second)


def test_nurses_go_on_charting_the_live_ward(cut, small):
    beds = {
        f"Patient/{stay.course.person.patient_id}"
        for stay in small.stays
        if stay.is_in("Ward 4B", 0)
    }
    charted = [orjson.loads(line) for line in lines_of(cut, "Observation")]
    assert beds & {row["subject"]["reference"] for row in charted}


def test_a_step_of_no_length_writes_nothing(tmp_path):
    assert run(tmp_path, [5, 5]) == [{"readings": 0}]
    assert bytes_below(tmp_path) == {}
