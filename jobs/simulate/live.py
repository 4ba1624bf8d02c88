"""The synthetic hospital goes on: what the same world exports after its history."""

from datetime import datetime
from pathlib import Path

from jobs.simulate import drop, exports, lab_export, readings
from jobs.simulate.exports import Exports
from jobs.simulate.hospital import EHR, LAB, MONITOR, stamp

RECORD_SECONDS = 600
"""The record system and the laboratory export every ten minutes, on the minute."""


def write_live(
    landing: Path, *, seed: int, patients: int, days: int, until: datetime, beds: int,
    since: datetime, to: datetime,
) -> dict[str, int]:  # fmt: skip
    """Write what became known in (since, to], both aware, from `until` on; rows per kind of file.

    Monitors: one CSV per call. Records and results: files when a ten-minute mark has passed. Calls
    that follow each other (`since` is the last call's `to`) leave no gap and overlap nowhere.
    """
    made = exports.of(seed, patients, days, until, beds)
    history_end = int(made.hospital.until.timestamp())
    start, end = max(int(since.timestamp()), history_end), int(to.timestamp())
    counts = {"readings": _write_readings(landing / MONITOR, made, start, end)}
    first, last = max(_mark(start), history_end), _mark(end)
    if last > first:
        counts |= _write_records(landing, made, first, last)
    return counts


def _mark(second: int) -> int:
    """The last ten-minute mark."""
    return second - second % RECORD_SECONDS


def _write_readings(folder: Path, made: Exports, start: int, end: int) -> int:
    rows = made.sent(start, end)
    if len(rows):
        drop.csv(folder / f"monitors-{stamp(end)}.csv", rows[readings.COLUMNS])
    return len(rows)


def _write_records(landing: Path, made: Exports, start: int, end: int) -> dict[str, int]:
    counts = {}
    for kind, feed in made.records.items():
        _, lines = feed.between(start, end)
        counts[kind] = len(lines)
        if lines:
            drop.lines(landing / EHR / f"{kind}-{stamp(end)}.ndjson", lines)
    rows = exports.between(made.labs, start, end)
    if len(rows):
        drop.csv(landing / LAB / f"labs-{stamp(end)}.csv", rows[lab_export.COLUMNS])
    return counts | {"labs": len(rows)}
