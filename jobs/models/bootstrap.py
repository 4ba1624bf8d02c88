"""Intervals by resampling patients, not rows: the hours of one patient are much alike."""

from collections.abc import Iterable, Iterator

import numpy as np

RESAMPLES = 200
SEED = 20260101
LEVEL = 0.95

Interval = tuple[float, float]


def draws(patients: int, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[np.ndarray]:
    """How often each patient is drawn, int64 [patients], `resamples` times; always the same."""
    random = np.random.default_rng(seed)
    for _ in range(resamples):
        yield np.bincount(random.integers(patients, size=patients), minlength=patients)


def interval(values: Iterable[float | None]) -> Interval | None:
    """The middle 95 % of a figure over the resamples (percentile method, Efron 1981).

    None if it could not be computed in half of them or more.
    """
    every = list(values)
    known = [value for value in every if value is not None]
    if 2 * len(known) <= len(every):
        return None
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
