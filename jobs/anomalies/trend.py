"""Where one sign of one patient is going: slopes with intervals, and a change point.

All functions take `hours` and `value`: float64 arrays, hours before the instant (0 or negative).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from jobs.anomalies import signs
from jobs.anomalies.limits import limit

SPANS = (6, 24)
"""Hours over which a slope is fitted; the change point is looked for in the longest."""


class Slope(NamedTuple):
    """Per hour, in the sign's unit, with its interval."""

    per_hour: float
    low: float
    high: float
    values: int


class Change(NamedTuple):
    """The level before and after, and the first value of the new one, in hours."""

    hours: float
    before: float
    after: float


def of_patients(readings: pd.DataFrame) -> dict[int, list[dict]]:
    """Patient -> the trend of each sign that has a slope, in the order of SIGNS.

    `readings` has patient_id, concept, hours and value, in any order. Nothing later than the
    instant (hours above 0) counts.
    """
    found: dict[int, list[dict]] = {}
    thin = thinned(readings)
    hours, value = thin["hours"].to_numpy(), thin["value"].to_numpy()
    counts = thin.groupby(["patient_id", "place"]).size()
    for (patient, place), end, count in zip(counts.index, counts.cumsum(), counts, strict=True):
        rows = slice(end - count, end)
        told = of_sign(signs.SIGNS[place], hours[rows], value[rows])
        if told["slopes"]:
            found.setdefault(patient, []).append(told)
    return found


def thinned(readings: pd.DataFrame) -> pd.DataFrame:
    """One row per patient, sign and quarter of an hour, in order of time: the medians."""
    is_kept = readings["concept"].isin(signs.SIGNS) & readings["hours"].le(0)
    kept = readings[is_kept & readings["hours"].gt(-max(SPANS))]
    span = limit("trend_minutes") / 60
    kept = kept.assign(part=np.floor(kept["hours"] / span), place=kept["concept"].map(_places()))
    by = ["patient_id", "place", "part"]
    return kept.groupby(by, as_index=False)[["hours", "value"]].median()


def _places() -> dict[str, int]:
    return {sign: place for place, sign in enumerate(signs.SIGNS)}


def of_sign(sign: str, hours: np.ndarray, value: np.ndarray) -> dict:
    """concept, slopes (span in hours -> per_hour, low, high, values, words) and change."""
    smallest = signs.resolution(sign)
    slopes = {}
    for span in SPANS:
        is_in = hours > -span
        if found := slope(hours[is_in], value[is_in], smallest):
            rounded = {key: round(number, 4) for key, number in found._asdict().items()}
            slopes[f"{span}h"] = rounded | {"words": slope_words(sign, found)}
    change = change_point(hours, value, smallest)
    return {"concept": sign, "slopes": slopes, "change": _told(sign, change) if change else None}


def slope(hours: np.ndarray, value: np.ndarray, smallest: float) -> Slope | None:
    """Least squares with the interval of Student's t; None for too few values.

    The noise is never less than that of rounding to `smallest`, the least charted difference, and
    values that wander count for fewer than they are (`_witnesses`).
    """
    n = len(hours)
    if n < limit("trend_least_values") or np.ptp(hours) == 0:
        return None
    x, y = hours - hours.mean(), value - value.mean()
    sxx = x @ x
    per_hour = (x @ y) / sxx
    rest = y - per_hour * x
    share = _witnesses(rest) / n
    noise = max(rest @ rest / (n - 2), _rounding(smallest)) / share
    freedom = max(share * n - 2, 1)
    half = stdtrit(freedom, (1 + limit("slope_confidence")) / 2) * np.sqrt(noise / sxx)
    return Slope(float(per_hour), float(per_hour - half), float(per_hour + half), n)


def slope_words(sign: str, found: Slope | None) -> str:
    """`rising 1.2 (0.4 to 2.0) /min per hour`, or `no trend` where there may be none."""
    if found is None or found.low <= 0 <= found.high:
        return "no trend"
    low, middle, high = (
        signs.number(sign, abs(figure), more_decimals=1)
        for figure in sorted((found.low, found.per_hour, found.high), key=abs)
    )
    if not float(middle):
        return "no trend"
    way = "rising" if found.per_hour > 0 else "falling"
    return f"{way} {middle} ({low} to {high}) {signs.unit(sign)} per hour"


def change_point(hours: np.ndarray, value: np.ndarray, smallest: float) -> Change | None:
    """The split that leaves the least squared error, if it tells more than one level or one line.

    Judged by the Bayesian information criterion with `change_penalty` parameters; a line has two.
    """
    n, least = len(value), int(limit("change_least_values"))
    if n < 2 * least or np.ptp(hours) == 0:
        return None
    x, y = hours - hours.mean(), value - value.mean()
    splits = np.arange(least, n - least + 1)
    explained = np.cumsum(y)[splits - 1] ** 2 / (splits * (n - splits))
    best = splits[np.argmax(explained)]
    before, after = value[:best].mean(), value[best:].mean()
    rest = value - np.where(np.arange(n) < best, before, after)
    off_line = y - (x @ y) / (x @ x) * x
    count = _witnesses(rest)
    split = _criterion(rest @ rest / n, count, limit("change_penalty"), smallest)
    level = _criterion(y @ y / n, count, 0, smallest)
    line = _criterion(off_line @ off_line / n, count, 1, smallest)
    if split >= min(level, line):
        return None
    return Change(float(hours[best]), float(before), float(after))


def _witnesses(rest: np.ndarray) -> float:
    """How many independent values tell as much as these: n (1 - r) / (1 + r).

    r is the correlation of each residual with the one before, never below 0 (Bartlett 1935).
    """
    squares = rest @ rest
    r = rest[1:] @ rest[:-1] / squares if squares > 0 else 0.0
    r = min(max(r, 0.0), 0.95)
    return len(rest) * (1 - r) / (1 + r)


def _criterion(variance: float, count: float, parameters: float, smallest: float) -> float:
    """Of so many witnesses; parameters beyond the first level, which all have; less is better."""
    return count * np.log(max(variance, _rounding(smallest))) + parameters * np.log(count)


def _rounding(smallest: float) -> float:
    """The variance that rounding alone makes."""
    return smallest**2 / 12


def _told(sign: str, change: Change) -> dict:
    """hours, before, after and words: `from 82 to 104 /min`."""
    before, after = (signs.number(sign, level) for level in (change.before, change.after))
    figures = {key: round(number, 4) for key, number in change._asdict().items()}
    return figures | {"words": f"from {before} to {after} {signs.unit(sign)}"}
