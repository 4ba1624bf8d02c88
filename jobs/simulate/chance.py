"""Random streams by name: patient k is the same however many others there are."""

import numpy as np

Generator = np.random.Generator

PATIENT, NEWCOMER, MONITOR = range(3)
"""The first part of a stream's key: whose it is; their numbers follow."""

COURSE, BEDS, RECORDS, CHARTING, LABS, DRUGS, READINGS = range(7)
"""The last part of a patient's key: what is drawn from it."""


def stream(seed: int, *key: int) -> Generator:
    """A stream that depends on the seed and on this key alone."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def log_normal(rng: Generator, median: float, spread: float) -> float:
    """A positive amount: `median`, times or divided by exp(`spread`) in two of three cases."""
    return float(median * np.exp(spread * rng.standard_normal()))
