"""Rows of report.signal as made-up patients give them; a test names what changes."""

from datetime import timedelta

import numpy as np
import pandas as pd

from tests.expectations.made_up import FIRST

DAYS, PATIENTS = 30, 8


def signal(seed: int = 1, level: float = 100.0, spread: float = 0.1, **given) -> pd.DataFrame:
    """A row per day: eight patients whose medians lie about `level`; batch n + 1 on day n.

    `given`: columns as they stand, or as a function of the day's number. `shift` (the same)
    multiplies the day's values.
    """
    rng = np.random.default_rng(seed)
    shift = given.pop("shift", 1.0)
    rows = [_day(rng, day, level * _at(shift, day), spread, given) for day in range(DAYS)]
    return pd.DataFrame(rows)


def _day(rng, day: int, level: float, spread: float, given: dict) -> dict:
    bins = np.floor(100 * np.log(level * np.exp(rng.normal(0, spread, PATIENTS)))).astype(int)
    found, counts = np.unique(bins, return_counts=True)
    about = {"source": "demo-lab", "concept": "glucose", "source_unit": "mg/dL"}
    return {
        "day": FIRST.date() + timedelta(days=day),
        **about,
        "ward": None,
        "firmware": None,
        "n": 3 * PATIENTS,
        "missing": 0,
        "patients": PATIENTS,
        "mean": level,
        "bins": list(found),
        "counts": list(counts),
        "first_batch_no": day + 1,
        "last_batch_no": day + 1,
    } | {name: _at(value, day) for name, value in given.items()}


def _at(value, day: int):
    return value(day) if callable(value) else value


def since(day: int, then, before=1.0):
    """`then` from that day on."""
    return lambda n: then if n >= day else before
