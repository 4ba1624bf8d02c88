"""Firmware bias: devices with one firmware measure differently from others, and from before."""

import numpy as np
import pandas as pd

from expectations import drift
from expectations.findings.finding import row
from expectations.limits import limits


def biases(signal: pd.DataFrame) -> list[dict]:
    """A finding for each firmware that came later than others and moves a sign of a source."""
    found = []
    known = signal[signal["firmware"].notna()]
    for (source, concept), cells in known.groupby(["source", "concept"]):
        began = cells.groupby("firmware")["day"].min()
        for firmware in began.index[began > began.min()]:
            finding = _bias(source, concept, firmware, cells, began[firmware])
            found += [finding] if finding else []
    return found


def _bias(source: str, concept: str, firmware: str, cells: pd.DataFrame, day) -> dict | None:
    """Held against the other firmwares before it came, and beside it where any are left."""
    days = cells.assign(group=_groups(cells, firmware, day))
    bins = drift.by_day(cells).columns
    counts = {group: _counts(part, bins) for group, part in days.groupby("group")}
    new = counts.get("new")
    others = [counts[name] for name in ("before", "beside") if _is_enough(counts.get(name))]
    if new is None or not _is_enough(new) or not others:
        return None
    shifts = [_shift(other, new) for other in others]
    is_biased = all(drift.ks(other, new) > _limit(other, new) for other in others)
    if not is_biased or min(map(abs, shifts)) < limits()["firmware_shift"]:
        return None
    is_one_way = len({np.sign(shift) for shift in shifts}) == 1
    return _finding(source, concept, firmware, cells, shifts[-1]) if is_one_way else None


def _groups(cells: pd.DataFrame, firmware: str, day) -> np.ndarray:
    others = np.where(cells["day"] < day, "before", "beside")
    return np.where(cells["firmware"] == firmware, "new", others)


def _counts(cells: pd.DataFrame, bins: pd.Index) -> pd.Series:
    return drift.by_day(cells).sum().reindex(bins, fill_value=0)


def _is_enough(counts) -> bool:
    return counts is not None and counts.sum() >= limits()["fewest_patient_days"]


def _limit(one: pd.Series, other: pd.Series) -> float:
    return drift.ks_limit(one.sum(), other.sum(), limits()["ks_alpha"])


def _shift(old: pd.Series, new: pd.Series) -> float:
    """By what share of its value the sign lies higher; negative: lower."""
    means = [(counts * counts.index).sum() / counts.sum() for counts in (old, new)]
    return float(np.expm1((means[1] - means[0]) / 100))


def _finding(source: str, concept: str, firmware: str, cells: pd.DataFrame, shift: float) -> dict:
    own = cells[cells["firmware"] == firmware]
    began = own["day"].min()
    batch_no = int(own.loc[own["day"] == began, "first_batch_no"].min())
    return row(
        "firmware_bias",
        source=source,
        concept=concept,
        firmware=firmware,
        first_batch_no=batch_no,
        began=pd.Timestamp(began, tz="UTC"),
        size=1 + shift,
        measure="ratio",
        words=f"{source}: devices with {firmware} show {concept} {abs(100 * shift):.0f} % "
        f"{'lower' if shift < 0 else 'higher'} than others, since {began:%Y-%m-%d}, "
        f"batch {batch_no}",
    )
