"""The step: every patient's twin judged, `twin.anomaly` replaced."""

import json

import pandas as pd
import pytest

from jobs import rebuild
from jobs.anomalies import bench, run
from jobs.twins import patient_hour
from warehouse import Lake
from warehouse.digest import digest
from warehouse.lake import frame, insert

PATIENTS = 12
ODD = 3
"""The patient whose heart races at the end."""


@pytest.fixture
def stored(lake, now, hours) -> Lake:
    """A lake with the twins of twelve patients of a steady ward, one of them odd."""
    now, hours = (twins[twins["patient_id"] <= PATIENTS] for twins in (now, hours))
    odd = bench.injected(
        now, {"heart_rate": now["heart_rate_last"].where(now["patient_id"] != ODD, 170.0)}
    )
    write(lake, odd, hours)
    return lake


def write(lake, now, hours):
    bucketed = hours.assign(bucket=hours["patient_id"] % 16, news2_known=5.0)
    with lake.write("a ward") as con:
        insert(con, "twin.patient_hour", bucketed)
        insert(con, "twin.patient_now", now.assign(batch_no=9))


def observe(lake, *, hours, value, patient=ODD, arrived=None, first=1):
    """Heart rates so many hours before the ward's last hour."""
    instant = bench.START + (bench.HOURS - 1) * bench.HOUR
    with lake.write("heart rates") as con:
        for number, (hour, one) in enumerate(zip(hours, value, strict=True), start=first):
            time = instant + hour * bench.HOUR
            con.execute(
                "INSERT INTO clinical.observation (observation_id, patient_id, concept, value, "
                "time, arrived, source_code, is_revised, batch_no) "
                "VALUES (?, ?, 'heart_rate', ?, ?, ?, 'x', FALSE, 1)",
                [number, patient, one, time, instant + (arrived or hour) * bench.HOUR],
            )


def anomalies(lake):
    with lake.read() as con:
        return frame(con, "SELECT * FROM twin.anomaly ORDER BY patient_id")


def digest_of(lake):
    with lake.read() as con:
        return digest(con, "twin.anomaly")


def trends_of(lake, patient=ODD):
    return json.loads(anomalies(lake).set_index("patient_id").at[patient, "trends"])


def test_the_odd_patient_is_flagged_and_the_sign_is_named(stored):
    counts = run.run(stored)
    assert counts["patients"] == PATIENTS
    assert counts["training_hours"] == PATIENTS * bench.HOURS
    row = anomalies(stored).set_index("patient_id").loc[ODD]
    assert row["is_flagged"]
    assert [sign["concept"] for sign in json.loads(row["signs"])] == ["heart_rate"]
    assert row["batch_no"] == 9
    assert counts["flagged"] == anomalies(stored)["is_flagged"].sum() < 5


def test_run_twice_is_run_once(stored):
    run.run(stored)
    once = digest_of(stored)
    run.run(stored)
    assert digest_of(stored) == once


def test_neither_the_order_of_rows_nor_chunks_matter(stored, monkeypatch):
    observe(stored, hours=range(-10, 1), value=range(80, 102, 2))
    observe(stored, hours=range(-10, 1), value=range(80, 102, 2), patient=10, first=20)
    run.run(stored)
    once = digest_of(stored)
    with stored.write("the same in another order") as con:
        for table in ("patient_hour", "patient_now"):
            rows = frame(con, f"SELECT * FROM twin.{table}")
            con.execute(f"DELETE FROM twin.{table}")
            insert(con, f"twin.{table}", rows.sample(frac=1, random_state=1))
    monkeypatch.setattr(run, "AT_ONCE", 7)
    run.run(stored)
    assert digest_of(stored) == once


def test_a_sample_of_the_hours_is_drawn_the_same_each_time(stored, monkeypatch):
    monkeypatch.setattr(run, "limit", lambda name: 300 if name == "training_rows" else 3)
    with stored.read() as con:
        drawn = [frame(con, run.sql("anomaly_training"), run._drawn()) for _ in range(2)]
    assert drawn[0].equals(drawn[1])
    assert len(drawn[0]) == 300
    assert drawn[0]["patient_id"].nunique() == PATIENTS


def test_trends_are_of_the_readings_before_the_instant(stored):
    observe(stored, hours=range(-10, 1), value=range(80, 102, 2))
    run.run(stored)
    (trend,) = trends_of(stored)
    assert trend["slopes"]["24h"]["per_hour"] == pytest.approx(2)
    assert trend["slopes"]["24h"]["values"] == 11


def test_nothing_later_than_the_instant_counts(stored):
    observe(stored, hours=range(-10, 1), value=range(80, 102, 2))
    run.run(stored)
    before = trends_of(stored)
    observe(stored, hours=range(1, 8), value=[200] * 7, first=50)
    observe(stored, hours=range(-9, 0), value=[200] * 9, arrived=1, first=90)
    run.run(stored)
    assert trends_of(stored) == before


def test_a_patient_who_is_gone_leaves_no_row(stored):
    run.run(stored)
    with stored.write("a link") as con:
        con.execute("DELETE FROM twin.patient_now WHERE patient_id = ?", [ODD])
    run.run(stored)
    assert ODD not in set(anomalies(stored)["patient_id"])


def test_an_empty_lake_has_nothing_to_judge(lake):
    assert run.run(lake) == {"patients": 0, "flagged": 0, "training_hours": 0}


def test_twins_that_the_jobs_made_are_judged(lake):
    observe(lake, hours=range(-40, 1), value=[80.0] * 40 + [150.0])
    patient_hour.rebuild(lake)
    run.run(lake)
    (row,) = anomalies(lake).itertuples()
    assert row.is_flagged
    assert json.loads(row.signs)[0]["words"] == "heart rate 150 /min, own usual 80"


def test_a_lake_rebuilt_from_its_archive_is_not_held_against_the_last_refit(lake):
    with lake.write("a finding of the last refit") as con:
        row = {"patient_id": [ODD], "time": [bench.START], "known": [1], "is_flagged": [False]}
        insert(
            con, "twin.anomaly", pd.DataFrame(row | {"signs": "[]", "trends": "[]", "batch_no": 1})
        )
    found = rebuild.from_archive(lake.settings, report=lambda done, total: None)
    assert found["equal"]["twin.patient_now"]
    assert "twin.anomaly" not in found["equal"]
