"""A ward that measures a sign less than half as often as before."""

import pandas as pd

from expectations.findings.finding import row
from expectations.limits import limits

RECENT = 3
"""Whole days that are looked at."""
FEWEST_DAYS = 10
"""Days before them that show what is usual."""
FEWEST_PATIENTS = 5
"""Patients a day, of recent days and of earlier ones on average."""
MARGIN = 0.7
"""Of the least earlier day."""


def fallen(charting: pd.DataFrame, until: pd.Timestamp) -> list[dict]:
    """A finding for each ward and sign; only days that were over at `until` are judged.

    `charting`: rows of report.charting. The recent days together have to lie below the limit, and
    well below every earlier day: one quiet day is no finding, nor are other beds with monitors.
    """
    whole = charting[charting["day"] < until.date()]
    found = []
    for (ward, concept), days in whole.groupby(["ward", "concept"]):
        days = days.sort_values("day")
        recent, earlier = days.iloc[-RECENT:], days.iloc[:-RECENT]
        if len(earlier) >= FEWEST_DAYS and _is_fallen(recent, earlier):
            found.append(_finding(ward, concept, recent, earlier))
    return found


def _is_fallen(recent: pd.DataFrame, earlier: pd.DataFrame) -> bool:
    if min(recent["patients"].mean(), earlier["patients"].mean()) < FEWEST_PATIENTS:
        return False
    now, usual = _rate(recent), _rate(earlier)
    least = (24 * earlier["readings"] / earlier["patient_hours"]).min()
    return now < limits()["charting_share"] * usual and now < MARGIN * least


def _rate(days: pd.DataFrame) -> float:
    """Readings per patient-day."""
    return float(24 * days["readings"].sum() / days["patient_hours"].sum())


def _finding(ward: str, concept: str, recent: pd.DataFrame, earlier: pd.DataFrame) -> dict:
    first, now, usual = recent.iloc[0], _rate(recent), _rate(earlier)
    batch_no = recent["first_batch_no"].min()
    return row(
        "missing_charting",
        ward=ward,
        concept=concept,
        first_batch_no=None if pd.isna(batch_no) else int(batch_no),
        began=pd.Timestamp(first["day"], tz="UTC"),
        size=now / usual,
        measure="ratio",
        words=f"{ward}: {concept} is measured {now:.1f} times per patient-day since "
        f"{first['day']:%Y-%m-%d}, before {usual:.1f} times",
    )
