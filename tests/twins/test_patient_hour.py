"""The history: which hours there are, and the same twins however they were made."""

import os
import signal
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from dask.distributed import LocalCluster

from jobs.twins import patient_hour, patient_now
from warehouse import Lake, Settings
from warehouse.digest import digests
from warehouse.lake import frame, insert

ALWAYS = {"since": datetime(1, 1, 2, tzinfo=UTC), "until": datetime(9999, 1, 1, tzinfo=UTC)}
FIRST_DAY = date(2026, 3, 1)
DAYS = 5


@pytest.fixture
def hours(con):
    """The hours of everyone, as "day hour" for short."""

    def find(since=None, until=None) -> list[str]:
        span = {"since": since or ALWAYS["since"], "until": until or ALWAYS["until"]}
        con.register("found", patient_hour.instants(con, {"part": 0, "parts": 1} | span))
        times = frame(con, "SELECT time FROM found ORDER BY time")["time"]
        return list(times.dt.strftime("%d %H"))

    return find


def test_a_stay_gives_its_whole_hours_and_one_around(admit, hours):
    admit("08:30", "11:10")
    assert hours() == ["01 08", "01 09", "01 10", "01 11", "01 12"]


def test_a_stay_of_whole_hours_gives_one_more_on_either_side(admit, hours):
    admit("08:00", "10:00")
    assert hours() == ["01 07", "01 08", "01 09", "01 10", "01 11"]


def test_an_open_stay_lasts_to_the_last_arrival(admit, observe, hours):
    admit("08:00")
    observe(time="09:10", arrived="10:20")
    assert hours() == ["01 07", "01 08", "01 09", "01 10", "01 11"]


def test_an_open_stay_without_observations_gives_its_first_hours(admit, hours):
    admit("08:00")
    assert hours() == ["01 07", "01 08", "01 09"]


def test_stays_that_overlap_give_every_hour_once(admit, hours):
    admit("08:00", "10:00", encounter=8)
    admit("09:00", "11:00", encounter=9)
    assert hours() == ["01 07", "01 08", "01 09", "01 10", "01 11", "01 12"]


def test_a_stay_in_intensive_care_adds_no_hours(admit, hours):
    admit("08:00", "10:00", encounter=8)
    admit("09:00", "12:00", encounter=9, part_of=8)
    assert hours()[-1] == "01 11"


def test_the_newest_version_of_a_stay_counts(admit, hours):
    admit("08:00", None)
    admit("08:00", "09:00", arrived="09:05")
    assert hours() == ["01 07", "01 08", "01 09", "01 10"]


def test_without_a_stay_the_hours_run_from_first_to_last_observation(observe, hours):
    observe(time="08:30")
    observe(time="10:10")
    assert hours() == ["01 09", "01 10", "01 11"]


def test_one_observation_gives_the_hour_that_first_knows_it(observe, hours):
    observe(time="08:00")
    assert hours() == ["01 08"]


def test_observations_outside_a_stay_give_no_hours(admit, observe, hours):
    admit("08:00", "09:00")
    observe(time="2026-02-01 10:00")
    assert len(hours()) == 4


def test_a_stay_that_nobody_closed_is_not_a_century_of_hours(admit, observe, hours):
    admit("1926-03-01 08:00", None)
    observe(time="1926-03-01 09:00")
    observe(time="10:00")
    found = hours()
    assert len(found) == (4 * 24 - 7) + 12
    assert found[-1] == "01 11"


def test_days_without_anything_new_are_kept_while_a_window_is_not_empty(admit, observe, hours):
    admit("2026-03-01 08:00", "2026-03-20 08:00")
    observe(time="2026-03-10 23:00")
    days = sorted({hour[:2] for hour in hours()})
    assert days == ["01", "02", "03", "04", "10", "11", "12", "13"]


def test_times_before_1970_are_hours_like_others(observe, hours):
    observe(time="1950-06-01 00:30")
    observe(time="1950-06-01 02:30")
    assert hours() == ["01 01", "01 02", "01 03"]


def test_a_day_takes_its_own_hours_alone(admit, observe, hours):
    admit("2026-03-01 08:00", "2026-03-04 08:00")
    observe(time="2026-03-01 09:00")
    day = datetime(2026, 3, 2, tzinfo=UTC)
    assert hours(day, day + timedelta(days=1)) == [f"02 {hour:02}" for hour in range(24)]


def a_ward(seed: int = 1, patients: int = 12, rows: int = 1500) -> pd.DataFrame:
    """Observations with ties, late arrivals, corrections and gaps."""
    chance = np.random.default_rng(seed)
    concepts = ["spo2", "heart_rate", "temperature", "lactate", "oxygen", "gcs", "spo2_scale"]
    minute = chance.integers(0, DAYS * 24 * 60, rows)
    start = pd.Timestamp(FIRST_DAY, tz="UTC")
    time = (start + pd.to_timedelta(minute, unit="min")).as_unit("us")
    late = pd.to_timedelta(chance.choice([0, 0, 5, 600], rows), unit="min")
    ward = pd.DataFrame(
        {
            "observation_id": chance.integers(0, 2**63, rows).astype("uint64"),
            "patient_id": chance.integers(0, patients, rows) * 7 + 2**60,
            "time": time,
            "arrived": (time + late).as_unit("us"),
            "concept": chance.choice(concepts, rows),
            "source_code": "x",
            "value": np.where(chance.random(rows) < 0.05, np.nan, chance.integers(1, 120, rows)),
            "is_revised": False,
            "batch_no": 1,
        }
    )
    corrected = ward.sample(60, random_state=seed).assign(is_revised=True, batch_no=2, value=50.0)
    corrected["arrived"] += pd.Timedelta(hours=2)
    return pd.concat([ward, corrected])


def stays(patients: int = 12) -> pa.Table:
    """Every third patient has none; every third one is still in hospital."""
    admitted = pd.DataFrame({"patient_id": np.arange(patients) * 7 + 2**60})
    admitted["encounter_id"] = admitted["patient_id"] + 1
    start = pd.Timestamp(FIRST_DAY, tz="UTC")
    admitted["start_time"] = admitted["arrived"] = start + pd.Timedelta(hours=5.5)
    admitted["end_time"] = start + pd.Timedelta(hours=80.25)
    admitted.loc[admitted.index % 3 == 1, "end_time"] = pd.NaT
    admitted[["source", "site"]] = "s"
    return admitted[admitted.index % 3 != 0].assign(batch_no=1)


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """A lake with a ward's rows, its twins not yet made."""

    def make(**settings) -> Lake:
        lake = Lake.create(Settings(var=tmp_path_factory.mktemp("var"), **settings))
        with lake.write("a ward") as con:
            insert(con, "clinical.observation", a_ward())
            insert(con, "clinical.encounter", stays())
        return lake

    return make


@pytest.fixture(scope="module")
def rebuilt(ward):
    lake = ward()
    return lake, patient_hour.rebuild(lake), digests_of(lake)


def digests_of(lake: Lake) -> dict[str, str]:
    with lake.read() as con:
        return digests(con, ["twin"])


def test_a_rebuild_counts_what_it_made(rebuilt):
    lake, counts, _ = rebuilt
    with lake.read() as con:
        stored = con.execute(
            "SELECT count(DISTINCT patient_id), count(*) FROM twin.patient_hour"
        ).fetchone()
        assert con.execute("SELECT count(*) FROM twin.patient_now").fetchone() == (12,)
    assert (counts["patients"], counts["hours"]) == stored
    assert stored[1] > 800


def test_every_row_lies_in_the_bucket_of_its_patient(rebuilt):
    lake, *_ = rebuilt
    with lake.read() as con:
        wrong = "SELECT count(*) FROM twin.patient_hour WHERE bucket != patient_id % 16"
        assert con.execute(wrong).fetchone() == (0,)


def test_missing_is_null_and_never_nan(rebuilt):
    lake, *_ = rebuilt
    with lake.read() as con:
        found = con.execute(
            "SELECT count(*) FILTER (isnan(lactate_mean_1h)), count(*) - count(lactate_mean_1h) "
            "FROM twin.patient_hour"
        ).fetchone()
    assert found[0] == 0
    assert found[1] > 0


def test_a_rebuild_done_again_changes_nothing(rebuilt):
    lake, counts, before = rebuilt
    again = patient_hour.rebuild(lake)
    assert again | {"snapshot": 0} == counts | {"snapshot": 0}
    assert digests_of(lake) == before


@pytest.mark.slow
def test_day_by_day_is_the_same_as_all_at_once(ward, rebuilt):
    lake, days = ward(), range(-1, DAYS + 2)
    for day in days:
        patient_hour.rebuild(lake, day=FIRST_DAY + timedelta(days=day))
    assert digests_of(lake) == rebuilt[2]


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 4])
def test_any_number_of_workers_and_of_parts_gives_the_same(ward, rebuilt, monkeypatch, threads):
    monkeypatch.setattr(patient_hour, "ROWS", 200)
    monkeypatch.setattr(patient_now, "AT_ONCE", 5)
    lake = ward(threads=threads)
    heard = []
    patient_hour.rebuild(lake, report=lambda done, total: heard.append((done, total)))
    assert heard == [(done, 16) for done in range(1, 17)]
    assert digests_of(lake) == rebuilt[2]


@pytest.mark.slow
def test_a_cluster_elsewhere_gives_the_same(ward, rebuilt):
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        lake = ward(dask=cluster.scheduler_address)
        patient_hour.rebuild(lake)
    assert digests_of(lake) == rebuilt[2]


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_a_retry_and_no_row(ward, rebuilt, monkeypatch):
    monkeypatch.setattr(patient_hour, "ROWS", 200)
    killed = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:

        def kill_one(done: int, total: int) -> None:
            if done == 2:
                killed.append(cluster.workers[0].pid)
                os.kill(killed[0], signal.SIGKILL)

        lake = ward(dask=cluster.scheduler_address)
        counts = patient_hour.rebuild(lake, report=kill_one)
        assert killed and cluster.workers[0].pid != killed[0]
    assert counts["hours"] == rebuilt[1]["hours"]
    assert digests_of(lake) == rebuilt[2]


def test_rows_that_arrive_later_change_no_hour_before(ward, rebuilt):
    lake = ward()
    begin = pd.Timestamp("2026-03-03 12:00", tz="UTC")
    late = a_ward(seed=2).assign(batch_no=3, arrived=begin + pd.Timedelta(minutes=1))
    late["time"] = late["time"].clip(upper=begin)
    with lake.write("late rows") as con:
        insert(con, "clinical.observation", late)
    patient_hour.rebuild(lake)
    before = (
        "SELECT * FROM twin.patient_hour WHERE hour <= ? AND encounter_id IS NOT NULL "
        "ORDER BY patient_id, hour"
    )
    with lake.read() as con, rebuilt[0].read() as undisturbed:
        wanted = frame(undisturbed, before, [begin.to_pydatetime()])
        pd.testing.assert_frame_equal(frame(con, before, [begin.to_pydatetime()]), wanted)


def test_the_twins_of_now_made_batch_by_batch_are_those_of_a_rebuild(ward, rebuilt):
    lake, rows = ward(), a_ward()
    patients = [int(patient) for patient in rows["patient_id"].unique()]
    with lake.write("the second batch, after the first") as con:
        con.execute("DELETE FROM clinical.observation WHERE batch_no = 2")
        patient_now.update(con, patients, 1)
        second = rows[rows["batch_no"] == 2]
        insert(con, "clinical.observation", second)
        patient_now.update(con, [int(patient) for patient in second["patient_id"].unique()], 2)
    assert digests_of(lake)["twin.patient_now"] == rebuilt[2]["twin.patient_now"]


def test_a_rebuild_leaves_a_row_that_has_seen_a_newer_batch(ward):
    lake = ward()
    with lake.write("a batch that the rebuild's snapshot does not know") as con:
        patient_now.update(con, [2**60], 9)
        con.execute("UPDATE twin.patient_now SET age = 99")
    patient_hour.rebuild(lake)
    with lake.read() as con:
        assert con.execute(
            "SELECT batch_no, age FROM twin.patient_now WHERE patient_id = ?", [2**60]
        ).fetchone() == (9, 99)
        assert con.execute("SELECT count(*) FROM twin.patient_now").fetchone() == (12,)


def test_an_empty_lake_has_no_hours(tmp_path):
    lake = Lake.create(Settings(var=tmp_path))
    counts = patient_hour.rebuild(lake)
    assert (counts["patients"], counts["hours"]) == (0, 0)
