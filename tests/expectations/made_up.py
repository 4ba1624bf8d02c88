"""A made-up history in the lake: a batch per source and day, rows as a test names them."""

from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pandas as pd

from warehouse import Lake, vocabulary
from warehouse.lake import insert

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
"""When the first day's files landed."""
NUMBERS = count(1)


def landing(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def source(lake: Lake, name: str = "demo-lab", **given) -> None:
    row = {
        "source": name,
        "title": f"The {name}",
        "site": "Somewhere",
        "owner": "a team",
        "zone": None,
        "is_live": True,
        "is_synthetic": True,
        "cadence_minutes": 1440.0,
        "expected_rows": None,
    }
    with lake.write("source") as con:
        insert(con, "ops.source", pd.DataFrame([row | given]))


def batch(number: int, day: float, name: str = "demo-lab", **given) -> dict:
    """A committed batch of 100 rows; `day` is counted from `FIRST`."""
    return {
        "batch_no": number,
        "batch_id": f"{number:064x}",
        "source": name,
        "kind": "results",
        "file_name": None,
        "bytes": 1000,
        "landed": landing(day),
        "processed": landing(day),
        "state": "committed",
        "reason": None,
        "read": 100,
        "accepted": 100,
        "quarantined": 0,
        "duplicate": 0,
        "unmapped": 0,
    } | given


def ledger(lake: Lake, *batches: dict) -> None:
    with lake.write("ledger") as con:
        insert(con, "ops.batch", pd.DataFrame(batches))


def observations(values, number: int, day: int, concept: str | None = "glucose", **given):
    """A row for each value, each of another patient, measured an hour before its batch landed."""
    values = np.asarray(values, dtype=float)
    unit = vocabulary.concepts().loc[concept, "unit"] if concept else None
    return pd.DataFrame(
        {
            "observation_id": [next(NUMBERS) for _ in values],
            "patient_id": 1000 * day + np.arange(len(values)),
            "encounter_id": None,
            "device_id": None,
            "time": landing(day) - timedelta(hours=1),
            "arrived": landing(day),
            "concept": concept,
            "source_code": "CODE",
            "value": values if concept else None,
            "unit": unit,
            "source_value": values,
            "source_text": None,
            "source_unit": unit,
            "is_revised": False,
            "batch_no": number,
        }
        | given
    )


def add(lake: Lake, table: str, *frames: pd.DataFrame) -> None:
    with lake.write("rows") as con:
        insert(con, table, pd.concat(frames, ignore_index=True))


def results(number: int, failed: int = 0, checked: int = 100, **given) -> pd.DataFrame:
    row = {
        "batch_no": number,
        "into_table": "observation",
        "rule": "value_readable",
        "dimension": "completeness",
        "checked": checked,
        "failed": failed,
    }
    return pd.DataFrame([row | given])
