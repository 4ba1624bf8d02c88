"""Points by the bands of a chart, a CSV a score, and what every score says of its parts.

`low` and `high` belong to a band, `above` and `below` do not; an empty one is no limit. A
condition (`scale`, `variant`) that is empty always holds.
"""

from functools import cache

import numpy as np
import pandas as pd

from warehouse import vocabulary

OPEN = {"low": -np.inf, "above": -np.inf, "high": np.inf, "below": np.inf}
WORDS = ("parameter", "variant")


def points(score: str, parameter: str, value: np.ndarray, **conditions) -> np.ndarray:
    """The points of each value; NaN where it is unknown, or no band holds it.

    Binary noise beyond the sixth decimal does not count: 1.2 - 0.9 is a rise of 0.3.
    """
    value = np.round(value, 6)
    found = np.full(len(value), np.nan)
    for band in _bands(score, parameter):
        is_in = (value >= band.low) & (value <= band.high)
        for name, actual in conditions.items():
            if not pd.isna(wanted := getattr(band, name)):
                is_in &= actual == wanted
        found[is_in] = band.points
    return found


@cache
def _bands(score: str, parameter: str) -> list:
    """The bands of one parameter, `above` and `below` turned into the next `low` and `high`."""
    chart = vocabulary.table(score).query("parameter == @parameter").replace("", np.nan)
    numbers = [column for column in chart if column not in WORDS]
    chart = chart.astype(dict.fromkeys(numbers, float))
    limits = chart.reindex(columns=list(OPEN)).fillna(OPEN)
    low = np.maximum(limits["low"], np.nextafter(limits["above"], np.inf))
    high = np.minimum(limits["high"], np.nextafter(limits["below"], -np.inf))
    return list(chart.assign(low=low, high=high).itertuples())


def as_charted(sign: pd.Series, concept: str) -> np.ndarray:
    """Rounded half up to the concept's decimals, in decimal terms: 40.5 is 41, and 36.05 is 36.1.

    Binary noise beyond the sixth further decimal does not count (36.05 is held as 36.0499...97).
    """
    steps = 10 ** vocabulary.concepts().at[concept, "decimals"]
    return np.floor(np.round(sign.to_numpy(float) * steps, 6) + 0.5) / steps


def highest(score: str, values: dict[str, np.ndarray]) -> np.ndarray:
    """The most points that one of several criteria gives ("or"); NaN where none gives any."""
    return np.fmax.reduce([points(score, name, value) for name, value in values.items()])


def added_up(score: str, parts: dict[str, np.ndarray], index: pd.Index) -> pd.DataFrame:
    """The points of the parts, how many are known, and their sum."""
    known = sum((~np.isnan(part)).astype(float) for part in parts.values())
    total = np.where(known > 0, sum(np.nan_to_num(part) for part in parts.values()), np.nan)
    columns = parts | {"known": known, "total": total}
    return pd.DataFrame(columns, index=index).add_prefix(f"{score}_")


def positive(score: str, found: pd.DataFrame, parts: int) -> np.ndarray:
    """1 where the known parts suffice, 0 only where all `parts` are known, else NaN."""
    reached = points(score, "total", found[f"{score}_total"].to_numpy())
    is_whole = found[f"{score}_known"] == parts
    return np.where((reached == 1) | is_whole, reached, np.nan)


def choices(score: str, condition: str) -> list[str]:
    """The names by which a chart has bands of its own."""
    return sorted(set(vocabulary.table(score)[condition]) - {""})


def check_choice(score: str, condition: str, wanted: str | int) -> None:
    """Raises `ValueError`, naming what there is."""
    if str(wanted) not in (known := choices(score, condition)):
        raise ValueError(f"{score} has no {condition} {wanted!r}; it has {', '.join(known)}")
