"""A patient's own limits, held against their twin: an alert for a sign that lies beyond one."""

import numpy as np
import pandas as pd

from warehouse import Lake, vocabulary
from warehouse.lake import Connection, frame, sql


def set_for(con: Connection, lake: Lake, patient_id: int) -> pd.DataFrame:
    """What people have set for a patient alone, expired or not; columns: see patient_limits.sql.

    Who and why are in clear.
    """
    found = frame(con, sql("patient_limits"), {"patient": patient_id})
    clear = {name: [lake.keys.decrypt(text) for text in found[name]] for name in ("who", "why")}
    return found.assign(**clear)


def held(con: Connection, twins: pd.DataFrame) -> pd.DataFrame:
    """One row per limit in force at a twin's instant: patient_id, concept, low, high, value and
    value_time.

    `value` is the latest, as the twin holds it (FLOAT), NaN where it is no longer valid.
    """
    con.register("asked_twins", twins[["patient_id", "time"]])
    limits = frame(con, sql("limits_in_force"))
    con.unregister("asked_twins")
    concerned = twins[twins["patient_id"].isin(limits["patient_id"])].set_index("patient_id")
    measured = [_valid(concerned, row.patient_id, row.concept) for row in limits.itertuples()]
    values, times = [value for value, _ in measured], [time for _, time in measured]
    return limits.assign(value=np.array(values, dtype=np.float32), value_time=times)


def _valid(twins: pd.DataFrame, patient_id: int, concept: str) -> tuple[float, pd.Timestamp]:
    """The latest value and its time while it is younger than the concept's `valid_hours`."""
    time = twins.at[patient_id, f"{concept}_time"]
    hours = vocabulary.concepts().at[concept, "valid_hours"]
    if time > twins.at[patient_id, "time"] - pd.Timedelta(hours=hours):
        return twins.at[patient_id, f"{concept}_last"], time
    return np.nan, pd.NaT


def broken(twins: pd.DataFrame, held: pd.DataFrame) -> pd.Series:
    """Of each twin, how many signs lie beyond a limit."""
    counts = held.loc[_is_below(held) | _is_above(held), "patient_id"].value_counts()
    return twins["patient_id"].map(counts).fillna(0)


def unknown(held: pd.DataFrame) -> set[tuple[int, str]]:
    """The patients and signs whose limit is in force and whose value is not known."""
    waiting = held[held["value"].isna()]
    return set(zip(waiting["patient_id"], waiting["concept"], strict=True))


def reasons(held: pd.DataFrame, patient_id: int) -> list[dict]:
    """The patient's values beyond a limit: {concept, value, unit, time, low or high: the limit}."""
    own = held[held["patient_id"] == patient_id]
    sides = {"low": _is_below(own), "high": _is_above(own)}
    return [
        _reason(row, side)
        for side, is_beyond in sides.items()
        for row in own[is_beyond].itertuples()
    ]


def _reason(row, side: str) -> dict:
    concept = vocabulary.concepts().loc[row.concept]
    value = round(float(row.value), int(concept["decimals"]))
    about = {"concept": row.concept, "value": value, "unit": concept["unit"]}
    return about | {"time": row.value_time.isoformat(), side: getattr(row, side)}


def _is_below(held: pd.DataFrame) -> pd.Series:
    """Compared as the twin holds values: 37.8 is not below a limit of 37.8."""
    return held["value"] < held["low"].astype(np.float32)


def _is_above(held: pd.DataFrame) -> pd.Series:
    return held["value"] > held["high"].astype(np.float32)
