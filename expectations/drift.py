"""How far two distributions lie apart: measures of our own, on counts in bins.

A bin of `report.signal` is one per cent wide (100 ln value), so that a change of unit moves a
distribution without changing its shape. What is counted are patient-days, one median each:
readings of one patient and day are not independent of each other.
"""

from math import log, sqrt

import numpy as np
import pandas as pd

PARTS = 10
"""Bins of the population stability index, about equal shares of the reference."""


def ks(reference: np.ndarray, recent: np.ndarray) -> float:
    """The Kolmogorov-Smirnov distance, 0..1, of two arrays of counts over the same bins.

    >>> ks(np.array([5, 5, 0]), np.array([0, 5, 5]))
    0.5
    """
    return float(np.abs(_cumulative(reference) - _cumulative(recent)).max())


def ks_limit(n: float, m: float, alpha: float) -> float:
    """The distance that two samples of n and m exceed by chance with probability alpha.

    Smirnov's asymptotic form, as in Knuth, The Art of Computer Programming 2, 3.3.1.
    """
    return sqrt(-log(alpha / 2) / 2 * (n + m) / (n * m))


def psi(reference: np.ndarray, recent: np.ndarray) -> float:
    """The population stability index over about ten equal parts of the reference.

    Half a count is added to each part, so that an empty one does not make it infinite
    (Siddiqi: Credit Risk Scorecards, 2006: below 0.1 no shift, above 0.25 a major one).
    """
    share = _cumulative(reference) - reference / (2 * reference.sum())  # at the bin's middle
    part = np.minimum((share * PARTS).astype(int), PARTS - 1)
    expected = _shares(np.bincount(part, reference, PARTS))
    found = _shares(np.bincount(part, recent, PARTS))
    return float(((found - expected) * np.log(found / expected)).sum())


def is_shift(reference: np.ndarray, recent: np.ndarray, alpha: float, least_psi: float) -> bool:
    """Whether both measures say so: one that it is large, the other that it is not chance."""
    limit = ks_limit(reference.sum(), recent.sum(), alpha)
    return ks(reference, recent) > limit and psi(reference, recent) > least_psi


def change_point(days: np.ndarray) -> int:
    """The row from which on the distribution differs most from the rows before it, 1..days - 1.

    `days`: counts (days, bins), at least two rows with counts. The split with the greatest
    two-sample Kolmogorov-Smirnov statistic.
    """
    before = days.cumsum(axis=0)[:-1]
    after = days.sum(axis=0) - before
    n, m = before.sum(axis=1), after.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = np.abs(before.cumsum(axis=1) / n[:, None] - after.cumsum(axis=1) / m[:, None])
        statistic = gaps.max(axis=1) * np.sqrt(n * m / (n + m))
    return int(np.nan_to_num(statistic).argmax()) + 1


def centre(counts: np.ndarray, bins: np.ndarray) -> float:
    """The median's bin: a difference of two centres is 100 times the logarithm of a ratio."""
    return float(bins[np.searchsorted(counts.cumsum(), counts.sum() / 2)])


def by_day(cells: pd.DataFrame) -> pd.DataFrame:
    """Counts of patient-days: one row per day, one column per bin, from rows of report.signal."""
    long = cells[["day", "bins", "counts"]].explode(["bins", "counts"]).dropna()
    if long.empty:
        return pd.DataFrame()
    table = long.astype({"bins": int, "counts": int}).pivot_table(
        index="day", columns="bins", values="counts", aggfunc="sum", fill_value=0
    )
    return table.sort_index().sort_index(axis=1)


def _cumulative(counts: np.ndarray) -> np.ndarray:
    return counts.cumsum() / counts.sum()


def _shares(counts: np.ndarray) -> np.ndarray:
    return (counts + 0.5) / (counts.sum() + 0.5 * PARTS)
