"""The synthetic hospital's history as it would have landed: file by file, each at its time."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from jobs.simulate import drop, exports, faults, lab_export, readings
from jobs.simulate.faults import Plan
from jobs.simulate.hospital import EHR, LAB, MONITOR, stamp

GATEWAY = "demo-gateway"
"""The second source of monitor readings: the same readings, sent once more."""
LAB_HOURS, RECORD_HOURS = 6, 24
"""Between two files of the laboratory, and of the records and the monitors."""
SECONDS = {EHR: 60, LAB: 120, MONITOR: 180, GATEWAY: 240}
"""How long after the hour a source's files land."""


def write_days(
    landing: Path, *, seed: int, patients: int, days: int, until: datetime, beds: int,
    has_faults: bool,
) -> dict[str, int]:  # fmt: skip
    """Write the `days` before `until` (aware, a midnight) into the sources' folders of `landing`.

    Every file's time of change is when it would have landed. Returns the files per source.
    """
    made = exports.of(seed, patients, days, until, beds)
    start = made.hospital.until - timedelta(days=days)
    plan = Plan.over(start, days) if has_faults else None
    counts = dict.fromkeys(SECONDS, 0)
    for source, name, at, content in _files(made, start, days, plan):
        path = landing / source / name
        if isinstance(content, pd.DataFrame):
            drop.csv(path, content)
        else:
            drop.lines(path, content)
        landed = at.timestamp() + SECONDS[source]
        os.utime(path, (landed, landed))
        counts[source] += 1
    return counts


def _files(
    made: exports.Exports, start: datetime, days: int, plan: Plan | None
) -> Iterator[tuple[str, str, datetime, pd.DataFrame | list[bytes]]]:
    """(source, name, export's time, content) of every file that is not empty."""
    devices = list(made.coarse["device_id"].unique())
    changes = [start] if plan is None else [start, plan.firmware_bias]
    for at in changes:
        content = faults.inventory(devices, at, plan)
        yield MONITOR, f"devices-{_name(at)}.csv.gz", at, content
    for since, to, at in _spans(start, days, LAB_HOURS):
        rows = exports.between(made.labs, since, to)
        rows = rows if plan is None else faults.labs(rows, plan)
        if len(rows):
            yield LAB, f"labs-{_name(at)}.csv.gz", at, rows[lab_export.COLUMNS]
    for since, to, at in _spans(start, days, RECORD_HOURS):
        yield from _records(made, since, to, at)
        yield from _readings(made, since, to, at, plan)


def _records(made: exports.Exports, since: int, to: int, at: datetime) -> Iterator[tuple]:
    for kind, feed in made.records.items():
        _, lines = feed.between(since, to)
        if lines:
            yield EHR, f"{kind}-{_name(at)}.ndjson.gz", at, lines


def _readings(
    made: exports.Exports, since: int, to: int, at: datetime, plan: Plan | None
) -> Iterator[tuple]:
    rows = exports.between(made.coarse, since, to)
    if rows.empty:
        return
    rows = rows if plan is None else faults.readings(rows, plan)
    name = f"monitors-{_name(at)}.csv.gz"
    yield MONITOR, name, at, rows[readings.COLUMNS]
    if plan is not None and since >= plan.duplicate_feed.timestamp():
        yield GATEWAY, name, at, rows[readings.COLUMNS]


def _spans(start: datetime, days: int, hours: int) -> Iterator[tuple[int, int, datetime]]:
    """(since, to, to as a time) in seconds since 1970; the first reaches back to the beginning."""
    for n in range(days * 24 // hours):
        at = start + timedelta(hours=hours * (n + 1))
        since = int((at - timedelta(hours=hours)).timestamp()) if n else 0
        yield since, int(at.timestamp()), at


def _name(at: datetime) -> str:
    return stamp(int(at.timestamp()))
