"""Drift: the latest days of a sign held against the reference days of the same source."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from expectations import drift
from expectations.findings.finding import row
from expectations.limits import limits

GROUPS = ("source", "ward", "firmware")
COLUMNS = [
    *("source", "concept", "grouped_by", "name", "reference_from", "reference_to"),
    *("recent_from", "recent_to", "reference_n", "n", "psi", "ks", "ratio", "is_drift"),
    "first_batch_no",
]


def compared(signal: pd.DataFrame) -> pd.DataFrame:
    """The rows of report.drift: each group of each sign, its latest days against its first ones.

    `signal`: rows of report.signal of the days to look at. A group with too few patient-days in
    either part has no row.
    """
    rows = []
    for (source, concept), cells in signal.groupby(["source", "concept"]):
        spans = _spans(cells["day"])
        for grouped_by in GROUPS:
            for name, part in cells.groupby(grouped_by):
                about = {
                    "source": source,
                    "concept": concept,
                    "grouped_by": grouped_by,
                    "name": name,
                }
                if spans and (found := _held_against(part, *spans)):
                    rows.append(about | found)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"first_batch_no": "Int64", "is_drift": bool})


def findings(drifts: pd.DataFrame, signal: pd.DataFrame) -> list[dict]:
    """A finding for each sign of a source that drifted, or else for each ward where it did."""
    rows = drifts[drifts["is_drift"]]
    whole = set(rows[rows["grouped_by"] == "source"][["source", "concept"]].apply(tuple, axis=1))
    kept = [
        found
        for found in rows.itertuples()
        if found.grouped_by == "source"
        or (found.grouped_by == "ward" and (found.source, found.concept) not in whole)
    ]
    return [_finding(found, signal) for found in kept]


def _spans(days: pd.Series) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """First and last day of the reference and of the recent days; None where they would meet."""
    limit = limits()
    first, last = days.min(), days.max()
    reference_to = first + timedelta(
        days=round(limit["reference_share"] * ((last - first).days + 1)) - 1
    )
    recent_from = last - timedelta(days=limit["recent_days"] - 1)
    if not first < reference_to < recent_from:
        return None
    return (first, reference_to), (recent_from, last)


def _held_against(cells: pd.DataFrame, reference: tuple, recent: tuple) -> dict | None:
    limit = limits()
    days = drift.by_day(cells)
    if days.empty:
        return None
    old, new = (days.loc[first:last].to_numpy().sum(axis=0) for first, last in (reference, recent))
    if min(old.sum(), new.sum()) < limit["fewest_patient_days"]:
        return None
    is_drift = drift.is_shift(old, new, limit["ks_alpha"], limit["psi"])
    moved = drift.centre(new, days.columns) - drift.centre(old, days.columns)
    return {
        "reference_from": reference[0],
        "reference_to": reference[1],
        "recent_from": recent[0],
        "recent_to": recent[1],
        "reference_n": int(old.sum()),
        "n": int(new.sum()),
        "psi": drift.psi(old, new),
        "ks": drift.ks(old, new),
        "ratio": float(np.exp(moved / 100)),
        "is_drift": is_drift,
        "first_batch_no": first_batch(cells, days.index[drift.change_point(days.to_numpy())])
        if is_drift
        else None,
    }


def first_batch(cells: pd.DataFrame, day: date) -> int:
    """The first batch of these cells on that day."""
    return int(cells.loc[cells["day"] == day, "first_batch_no"].min())


def day_of(cells: pd.DataFrame, batch_no: int) -> datetime:
    """The beginning of the first day on which these cells had that batch."""
    return pd.Timestamp(cells.loc[cells["first_batch_no"] == batch_no, "day"].min(), tz="UTC")


def _finding(found, signal: pd.DataFrame) -> dict:
    ward = {"ward": found.name} if found.grouped_by == "ward" else {}
    cells = signal[(signal["source"] == found.source) & (signal["concept"] == found.concept)]
    began = day_of(cells, found.first_batch_no)
    place = f" in {found.name}" if ward else ""
    return row(
        "drift",
        source=found.source,
        concept=found.concept,
        **ward,
        first_batch_no=found.first_batch_no,
        began=began,
        size=found.ks,
        measure="ks",
        words=f"{found.source}: {found.concept}{place} lies differently since about "
        f"{began:%Y-%m-%d}, batch {found.first_batch_no}: its median is {found.ratio:.2f} times "
        f"that of {found.reference_from:%Y-%m-%d} to {found.reference_to:%Y-%m-%d} "
        f"(KS {found.ks:.2f}, PSI {found.psi:.2f})",
    )
