"""A made-up ward for the benchmarks: patients who stay for all the days, read every hour."""

import sys

import numpy as np
import pandas as pd

from warehouse import Lake, vocabulary
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


def make_up(lake: Lake, patients: int, days: int) -> int:
    """Fill a lake, one commit a day, in order of arrival; returns how many readings it holds."""
    with lake.write("admitting the bench's patients") as con:
        insert(con, "clinical.patient", _patients(patients))
        insert(con, "clinical.encounter", _stays(patients, days))
    for day in range(days):
        with lake.write(f"day {day + 1} of the bench") as con:
            con.register("bench_concepts", _concepts())
            observations = sql("bench_observations")
            con.execute(f"INSERT INTO clinical.observation BY NAME {observations}", {"day": day})
        bar(day + 1, days)
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


def bar(done: int, total: int) -> None:
    say(f"{done} of {total}")


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
