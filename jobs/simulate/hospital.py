"""The synthetic hospital's history: the exports that a hospital has made by now."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.simulate import drop, exports, lab_export, readings

SOURCES = EHR, LAB, MONITOR = "demo-ehr", "demo-lab", "demo-monitor"
"""The sources, and the folders below landing."""


def write_history(
    landing: Path, *, seed: int, patients: int, days: int, until: datetime, beds: int = 24
) -> dict[str, int]:
    """Write all that was known by `until` (aware) into the sources' folders of `landing`.

    `patients` are admitted in the `days` before; exactly `beds` of them are in Ward 4B at `until`.
    Returns the rows written per kind of file. The same arguments write the same bytes.
    """
    made = exports.of(seed, patients, days, until, beds)
    end = int(made.hospital.until.timestamp())
    return (
        _write_records(landing / EHR, made, end)
        | {"labs": _write_labs(landing / LAB, exports.between(made.labs, 0, end))}
        | {"readings": _write_readings(landing / MONITOR, made.sent(0, end))}
    )


def _write_records(folder: Path, made: exports.Exports, end: int) -> dict[str, int]:
    """One file per resource type; the many Observations by day."""
    counts = {}
    for kind, feed in made.records.items():
        known, lines = feed.between(0, end)
        counts[kind] = len(lines)
        days = _days(known) if kind == "Observation" else np.full(len(known), "all")
        for day in np.unique(days):
            name = f"{kind}.ndjson.gz" if day == "all" else f"{kind}-{day}.ndjson.gz"
            chosen = np.flatnonzero(days == day)
            drop.lines(folder / name, lines[chosen[0] : chosen[-1] + 1])
    return counts


def _write_labs(folder: Path, rows: pd.DataFrame) -> int:
    for day, part in rows.groupby(_days(rows["known"].to_numpy())):
        drop.csv(folder / f"labs-{day}.csv.gz", part[lab_export.COLUMNS])
    return len(rows)


def _write_readings(folder: Path, rows: pd.DataFrame) -> int:
    """Two gateways: the wards' sends CSV, intensive care's Parquet; a file per day each."""
    for (day, is_icu), part in rows.groupby([_days(rows["known"].to_numpy()), rows["is_icu"]]):
        if is_icu:
            drop.parquet(folder / f"icu-{day}.parquet", part[readings.COLUMNS])
        else:
            drop.csv(folder / f"wards-{day}.csv.gz", part[readings.COLUMNS])
    return len(rows)


def _days(known: np.ndarray) -> np.ndarray:
    """The UTC day of each second, as yyyymmdd."""
    days = known.astype("datetime64[s]").astype("datetime64[D]").astype(str)
    return np.char.replace(days, "-", "")


def stamp(second: int) -> str:
    """A second since 1970 as a file name has it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y%m%dT%H%M%SZ")
