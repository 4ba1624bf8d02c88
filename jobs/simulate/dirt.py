"""What is wrong with real exports, at the low rates at which it is: each kind has a name."""

import numpy as np
import pandas as pd

from jobs.simulate.chance import Generator

DUPLICATE, UNKNOWN_CODE, UNKNOWN_UNIT, IMPOSSIBLE = 0.0015, 0.0010, 0.0005, 0.0010
"""Share of rows that are sent twice, carry a code nobody knows, a unit nobody knows, a slipped
decimal point."""

STRANGE_CODE = "ZZ-LOCAL-17"
STRANGE_UNIT = "arb.u."


def soil(rows: pd.DataFrame, rng: Generator, code: str, value: str) -> pd.DataFrame:
    """A copy of the rows with all four kinds; `code`, `value` name columns, `unit` is there too.

    A slipped decimal point makes a value a hundred times as large.
    """
    rows = rows.copy()
    rows.loc[rng.random(len(rows)) < UNKNOWN_CODE, code] = STRANGE_CODE
    rows.loc[rng.random(len(rows)) < UNKNOWN_UNIT, "unit"] = STRANGE_UNIT
    slipped = rng.random(len(rows)) < IMPOSSIBLE
    rows.loc[slipped, value] = rows.loc[slipped, value] * 100
    twice = np.repeat(np.arange(len(rows)), 1 + (rng.random(len(rows)) < DUPLICATE))
    return rows.iloc[twice].reset_index(drop=True)
