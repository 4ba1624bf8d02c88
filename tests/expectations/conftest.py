"""Typed rows as the gate gets them: good ones, but for what a test names."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
import pyarrow as pa
import pytest

from expectations import gate
from tests.conftest import NOW
from warehouse import vocabulary
from warehouse.lake import scratch

TIMES = {"start_time": NOW, "end_time": NOW + timedelta(hours=1)}
SENT = {"patient_id": 1, "arrived": NOW, "has_zone": True}
GOOD = {
    "patient": SENT | {"is_death_readable": True},
    "encounter": SENT | TIMES | {"encounter_id": 2, "is_end_readable": True, "has_happened": True},
    "location": SENT | TIMES | {"has_happened": True},
    "treatment": SENT | TIMES | {"source_code": "a", "has_happened": True},
    "condition": SENT | {"source_code": "a", "time": NOW, "has_happened": True},
    "link": SENT | {"into_id": 4, "is_of_two": True, "is_said": True},
    "device": {"device_id": 3, "arrived": NOW, "has_zone": True},
    "place": {"place_id": 4, "arrived": NOW, "has_zone": True},
    "observation": SENT
    | {
        "is_patient_named": True,
        "is_place_known": True,
        "source_code": "59408-5",
        "time": NOW,
        "latest_time": NOW + timedelta(hours=1),
        "is_unit_known": True,
        "is_sensor_on": True,
        "is_value_readable": True,
        "is_unit_as_labelled": True,
        "is_systolic_over_diastolic": True,
        "is_mean_between": True,
        "value": 97.0,
        "plausible_low": 20.0,
        "plausible_high": 100.0,
    },
}
RULES = [pytest.param(rule, id=f"{rule.into_table}-{rule.rule}") for rule in
         vocabulary.table("rules").itertuples(index=False)]  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """`refused`: the rules that each refused row broke, by frame index. `results`: see the gate."""

    refused: pd.Series
    results: pd.DataFrame


def judge(frame: pd.DataFrame, into: str = "observation") -> Verdict:
    """Judge the rows of a frame; a row's index becomes its line."""
    with closing(scratch(threads=1)) as con:
        con.register("given", _typed(frame.assign(line=frame.index, part=0)))
        con.execute(f"CREATE TABLE typed_{into} AS FROM given")
        results = gate.check(con, into)
        broken = gate.broken(con, into)
    return Verdict(broken.set_index("line")["rules"], results)


def _typed(frame: pd.DataFrame) -> pa.Table:
    """With the types of good rows also where every value is missing."""
    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
    kinds |= {datetime: pa.timestamp("us", tz="UTC")}
    good = {name: value for row in GOOD.values() for name, value in row.items()}
    columns = {
        name: pa.array(
            [None if pd.isna(value) else value for value in frame[name]],
            kinds[type(good[name])] if name in good else None,
        )
        for name in frame
    }
    return pa.table(columns)


def rows(into: str, *changes: dict) -> pd.DataFrame:
    """A row for each change to a good row of that table."""
    return pd.DataFrame([GOOD[into] | change for change in changes])


def readings(*values: float | None) -> pd.DataFrame:
    """A row for each value of oxygen saturation, with the limits of concepts.csv."""
    spo2 = vocabulary.concepts().loc["spo2"]
    limits = {name: spo2[name] for name in ("plausible_low", "plausible_high")}
    changes = [{"value": value, "is_value_readable": value is not None} for value in values]
    return rows("observation", *(change | limits for change in changes))


def breaking(rule) -> dict:
    """The change to a good row that breaks this rule."""
    good = GOOD[rule.into_table]
    return {
        "not_null": {rule.column: None},
        "is_true": {rule.column: False},
        "not_before": {rule.column: good.get(rule.other), rule.other: good[rule.column]},
    }[rule.expectation]
