"""`wardtwin bench twins`: how long a full rebuild of the history takes, lake to lake."""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.twins import patient_hour
from warehouse import Lake, Settings, vocabulary
from warehouse.lake import insert, sql

SIGNS = (
    *("respiratory_rate", "spo2", "systolic_bp", "diastolic_bp", "mean_bp", "heart_rate"),
    *("temperature", "lactate", "creatinine", "sodium", "potassium", "glucose"),
)
"""With all features, hourly."""

STATES = ("oxygen", "consciousness")
"""With their latest value only, every four hours; NEWS2 needs them."""

START = pd.Timestamp("2026-03-01", tz="UTC")
STRIDE = 1_000_003
"""Between patient ids: they lie in all buckets."""


def run(patients: int = 5000, days: int = 10) -> dict:
    """Make up readings in a lake of its own, then time the rebuild of every hour from them.

    Returns the seconds of the rebuild, the rows it read, the hours it made, and peak_mb, the most
    this process had in memory. floor_seconds is what DuckDB needs to read all rows once and to
    write the finished hours once, with nothing computed in between.
    """
    with tempfile.TemporaryDirectory() as var:
        lake = Lake.create(Settings(var=Path(var)))
        _say(f"making up {patients} patients over {days} days")
        rows = _make_up(lake, patients, days)
        begun = time.perf_counter()
        counts = patient_hour.rebuild(lake, report=_bar)
        seconds = time.perf_counter() - begun
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        floor_seconds = _floor(lake)
    return {
        "seconds": round(seconds, 2),
        "peak_mb": round(peak_mb),
        "rows": rows,
        "patients": counts["patients"],
        "hours": counts["hours"],
        "hours_per_second": round(counts["hours"] / seconds),
        "floor_seconds": round(floor_seconds, 2),
        "threads": lake.settings.threads,
    }


def _make_up(lake: Lake, patients: int, days: int) -> int:
    """A ward whose patients stay for all the days; one commit a day, in order of arrival."""
    with lake.write("admitting the bench's patients") as con:
        insert(con, "clinical.patient", _patients(patients))
        insert(con, "clinical.encounter", _stays(patients, days))
    for day in range(days):
        with lake.write(f"day {day + 1} of the bench") as con:
            con.register("bench_concepts", _concepts())
            observations = sql("bench_observations")
            con.execute(f"INSERT INTO clinical.observation BY NAME {observations}", {"day": day})
        _bar(day + 1, days)
    with lake.read() as con:
        return con.execute("SELECT count(*) FROM clinical.observation").fetchone()[0]


def _patients(patients: int) -> pd.DataFrame:
    frame = pd.DataFrame({"patient_id": np.arange(patients) * STRIDE, "birth_year": 1950})
    return frame.assign(source="bench", sex="female", arrived=START, batch_no=1)


def _stays(patients: int, days: int) -> pd.DataFrame:
    frame = pd.DataFrame({"patient_id": np.arange(patients) * STRIDE})
    frame["encounter_id"] = frame["patient_id"]
    end = START + pd.Timedelta(days=days)
    return frame.assign(
        source="bench", site="bench", start_time=START, end_time=end, arrived=START, batch_no=1
    )


def _concepts() -> pd.DataFrame:
    """The concepts, how often each is read, and between which values."""
    kept = vocabulary.concepts().loc[[*SIGNS, *STATES]].rename_axis("concept").reset_index()
    hours = [1] * len(SIGNS) + [4] * len(STATES)
    columns = ["concept", "chart_low", "chart_high", "decimals"]
    return kept[columns].assign(number=range(len(kept)), hours=hours)


def _floor(lake: Lake) -> float:
    """Seconds for one pass over the readings and one copy of the finished hours."""
    begun = time.perf_counter()
    with lake.write("the bench's floor") as con:
        con.execute(
            "SELECT max(patient_id), max(time), max(arrived), max(concept), sum(value), "
            "bit_xor(observation_id) FROM clinical.observation"
        ).fetchone()
        con.execute("CREATE TABLE twin.floor AS FROM twin.patient_hour")
    return time.perf_counter() - begun


def _bar(done: int, total: int) -> None:
    _say(f"{done} of {total}")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
