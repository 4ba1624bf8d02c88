"""What changed in a patient's twin between two states, and which value's coming or going did it.

A state is an instant, and what this system had taken in by a batch.
"""

from datetime import datetime, timedelta

import pandas as pd

from jobs.twins import as_of, past, told_by
from warehouse import Lake

CHANGE = ["field", "before", "after"]
EVENT = ["change", "concept", "observation_id", "time", "arrived", "batch_no"]


def between(
    lake: Lake, patient_id: int, first: tuple[datetime, int], second: tuple[datetime, int]
) -> pd.DataFrame:
    """One row per changed field and event: field, before, after, change, concept, observation_id,
    time, arrived, batch_no.

    `change`: new, corrected, taken back, or aged out (it left the field's window). A field that
    is made of the person or the stay, or of the time alone, has no event.
    """
    twin, values = _state(lake, patient_id, *first)
    later_twin, later_values = _state(lake, patient_id, *second)
    rows = []
    for field, before, after in _changed(twin, later_twin).itertuples(index=False):
        events = _events(field, (first[0], values), (second[0], later_values))
        told = {"field": field, "before": before, "after": after}
        rows += [told | event for event in events] or [told]
    return pd.DataFrame(rows, columns=[*CHANGE, *EVENT])


def counting(values: pd.DataFrame, field: str, at: datetime) -> pd.DataFrame:
    """The values (see `as_of.observations`) that count for a field of the twin at an instant."""
    counted = [
        values[(values["concept"] == concept) & (values["time"] > at - timedelta(hours=hours))]
        for concept, hours in told_by.window(field).items()
    ]
    if told_by.is_latest(field):
        counted = [rows.tail(1) for rows in counted if len(rows)]
    return pd.concat(counted) if counted else values.iloc[:0]


def _state(lake: Lake, patient_id: int, at: datetime, batch_no: int) -> tuple[dict, pd.DataFrame]:
    with past.after(lake, [patient_id], batch_no) as con:
        return as_of.twin(con, patient_id, at), as_of.observations(con, patient_id, at)


def _changed(before: dict, after: dict) -> pd.DataFrame:
    fields = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    rows = [(name, before.get(name), after.get(name)) for name in fields if name != "time"]
    return pd.DataFrame(rows, columns=CHANGE, dtype=object)


def _events(
    field: str, first: tuple[datetime, pd.DataFrame], second: tuple[datetime, pd.DataFrame]
) -> list[dict]:
    """What came into the field's window, changed in it or left it."""
    before, after = (_by_id(counting(values, field, at)) for at, values in (first, second))
    still_there = set(second[1]["observation_id"])
    found = []
    for key in {**before, **after}:
        if key not in before:
            change = "new"
        elif key not in after:
            change = "aged out" if key in still_there else "taken back"
        elif before[key]["value"] != after[key]["value"]:
            change = "corrected"
        else:
            continue
        found.append((after.get(key) or before[key]) | {"change": change})
    return [{name: event[name] for name in EVENT} for event in found]


def _by_id(values: pd.DataFrame) -> dict[int, dict]:
    return {row["observation_id"]: row for row in values.to_dict("records")}
