"""A unit switched: values move by a known conversion factor, or come under another unit."""

from math import exp, log

import numpy as np
import pandas as pd

from expectations import drift
from expectations.findings.codes import FEWEST_PATIENTS
from expectations.findings.finding import row
from expectations.findings.shifts import first_batch
from expectations.limits import limits
from warehouse import vocabulary

FEWEST = 10
"""Patient-days on either side of the switch."""
APART, ALIKE = 0.8, 0.5
"""KS distance of before and after; and at most this share of it once the factor is undone."""
GATE_RULE = "unit_as_labelled"
MOSTLY, HARDLY = 0.5, 0.1
"""Share of a day's rows under the new unit from the switch on, and before it."""


def switched(signal: pd.DataFrame) -> list[dict]:
    """A finding for each sign of a source whose unit changed, silently or by its label."""
    found = []
    for (source, concept), cells in signal.groupby(["source", "concept"]):
        finding = _silently(source, concept, cells) or _by_label(source, concept, cells)
        found += [finding] if finding else []
    return found


def refused(daily: pd.DataFrame) -> list[dict]:
    """A finding for each source of which the gate refused rows for a unit that is not as labelled.

    `daily`: rows of report.daily.
    """
    found = []
    for source, days in daily.groupby("source"):
        bad = days[(days["rule"] == GATE_RULE) & (days["failed"] > 0)]
        found += [_refused(source, bad.sort_values("day"), days["day"].max())] if len(bad) else []
    return found


def _refused(source: str, bad: pd.DataFrame, newest) -> dict:
    first, last, rows = bad.iloc[0], bad["day"].iloc[-1], int(bad["failed"].sum())
    end = pd.Timestamp(last, tz="UTC") + pd.Timedelta(days=1)
    return row(
        "unit_switch",
        source=source,
        first_batch_no=int(first["first_failed_batch_no"]),
        began=pd.Timestamp(first["day"], tz="UTC"),
        ended=end if last < newest else None,
        size=rows,
        measure="rows",
        words=f"{source}: the gate refused {rows:,} rows on {len(bad)} days from "
        f"{first['day']:%Y-%m-%d}, batch {first['first_failed_batch_no']}, on: their values are in "
        "another unit than they say",
    )


def factors(concept: str) -> dict[float, str]:
    """What a value is multiplied by where one unit is taken for another -> "that / this"."""
    table = vocabulary.table("units")
    unit = vocabulary.concepts().loc[concept, "unit"]
    rows = table[(table["unit"] == unit) & table["concept"].isin(["", concept])]
    rows = rows.drop_duplicates("factor")  # of several spellings the first
    pairs = dict(zip(rows["factor"].astype(float), rows["source_unit"], strict=True))
    return {
        one / other: f"{pairs[other]} sent as {pairs[one]}"
        for one in pairs
        for other in pairs
        if abs(log(one / other)) > 0.3
    }


def _silently(source: str, concept: str, cells: pd.DataFrame) -> dict | None:
    days = drift.by_day(cells)
    known = factors(concept)
    if len(days) < 2 or not known:
        return None
    at = drift.change_point(days.to_numpy())
    before, after = (part.to_numpy().sum(axis=0) for part in (days.iloc[:at], days.iloc[at:]))
    if min(before.sum(), after.sum()) < FEWEST or drift.ks(before, after) < APART:
        return None
    moved = (drift.centre(after, days.columns) - drift.centre(before, days.columns)) / 100
    factor = min(known, key=lambda factor: abs(log(factor) - moved))
    is_known = abs(log(factor) - moved) < limits()["unit_tolerance"]
    if not is_known or not _is_alike(days.columns.to_numpy(), before, after, factor):
        return None
    day = days.index[at]
    batch_no = first_batch(cells, day)
    return row(
        "unit_switch",
        source=source,
        concept=concept,
        first_batch_no=batch_no,
        began=pd.Timestamp(day, tz="UTC"),
        size=exp(moved),
        measure="ratio",
        words=f"{source}: {concept} is {exp(moved):.3g} times what it was since "
        f"{day:%Y-%m-%d}, batch {batch_no}; {known[factor]} would be {factor:.3g} times",
    )


def _is_alike(bins: np.ndarray, before: np.ndarray, after: np.ndarray, factor: float) -> bool:
    """Whether the values after lie as those before, once the factor is undone."""
    undone = bins - round(100 * log(factor))
    low, high = min(bins.min(), undone.min()), max(bins.max(), undone.max())
    then, now = (np.zeros(high - low + 1) for _ in range(2))
    np.add.at(then, bins - low, before)
    np.add.at(now, undone - low, after)
    return drift.ks(then, now) < ALIKE * drift.ks(before, after)


def _by_label(source: str, concept: str, cells: pd.DataFrame) -> dict | None:
    """A unit that was hardly ever sent takes over from one day on, for good."""
    rows = cells.pivot_table(
        index="day", columns="source_unit", values="n", aggfunc="sum", fill_value=0
    )
    for unit in rows.columns:
        share = (rows[unit] / rows.sum(axis=1)).to_numpy()
        at = int((share > MOSTLY).argmax())
        n = rows.sum(axis=1).to_numpy()
        is_switch = at > 0 and (share[at:] > MOSTLY).all() and (share[:at] < HARDLY).all()
        if is_switch and min(n[:at].sum(), n[at:].sum()) >= FEWEST:
            return _label(source, concept, cells, rows, unit, at)
    return None


def _shown(unit: str, cells: pd.DataFrame) -> str:
    """A unit as sent, if it is a known one or some day five patients' rows came under it."""
    patients = cells.loc[cells["source_unit"] == unit, "patients"].max()
    is_sure = unit in set(vocabulary.table("units")["source_unit"]) or patients >= FEWEST_PATIENTS
    return unit if is_sure else "a unit of fewer than 5 patients"


def _label(source, concept, cells, rows, unit, at) -> dict:
    day, before = rows.index[at], rows.iloc[:at].sum().idxmax()
    batch_no = first_batch(cells[cells["source_unit"] == unit], day)
    now, then = _shown(unit, cells), _shown(before, cells)
    return row(
        "unit_switch",
        source=source,
        concept=concept,
        first_batch_no=batch_no,
        began=pd.Timestamp(day, tz="UTC"),
        size=float(rows[unit].iloc[at:].sum() / rows.iloc[at:].sum().sum()),
        measure="share",
        words=f"{source}: {concept} comes in {now} since {day:%Y-%m-%d}, batch {batch_no}; "
        f"before it came in {then}. It is converted by its label: make sure the label is right",
    )
