"""NEWS2, the National Early Warning Score (Royal College of Physicians, 2017), from news2.csv."""

from functools import cache

import numpy as np
import pandas as pd

from warehouse import vocabulary

MEASURED = ("respiratory_rate", "spo2", "systolic_bp", "heart_rate", "temperature")
PARTS = (
    "respiratory_rate",
    "spo2",
    "oxygen",
    "systolic_bp",
    "heart_rate",
    "consciousness",
    "temperature",
)
NUMBERS = ("scale", "oxygen", "low", "high", "points")


def news2(signs: pd.DataFrame) -> pd.DataFrame:
    """The score and its parts, float64, NaN where unknown; one row per row of `signs`.

    `signs`: respiratory_rate (/min), spo2 (%), systolic_bp (mmHg), heart_rate (/min),
    temperature (Cel), oxygen (0 air, 1 oxygen), consciousness (0..4, coded_values.csv) and
    spo2_scale (1, 2; NaN counts as 1); NaN unknown. The total sums the known parts: a lower
    bound while `news2_known` < 7. Unknown oxygen is not air.
    """
    charted = {part: _as_charted(signs[part], part) for part in PARTS}
    scale = signs["spo2_scale"].fillna(1).to_numpy(float)
    points = {part: _points(part, charted[part], scale, charted["oxygen"]) for part in PARTS}
    parts = pd.DataFrame(points, index=signs.index)
    columns = {"scale": scale} | points
    columns |= {"known": parts.notna().sum(axis=1).astype(float)}
    columns |= {"total": parts.sum(axis=1, min_count=1), "highest": parts.max(axis=1)}
    return pd.DataFrame(columns, index=signs.index).add_prefix("news2_")


def _as_charted(sign: pd.Series, concept: str) -> np.ndarray:
    """Rounded half up to the concept's decimals, in decimal terms: 40.5 is 41, and 36.05 is 36.1.

    Binary noise beyond the sixth further decimal does not count (36.05 is held as 36.0499...97).
    """
    steps = 10 ** vocabulary.concepts().at[concept, "decimals"]
    return np.floor(np.round(sign.to_numpy(float) * steps, 6) + 0.5) / steps


def _points(part: str, value: np.ndarray, scale: np.ndarray, oxygen: np.ndarray) -> np.ndarray:
    points = np.full(len(value), np.nan)
    for band in _bands(part):
        is_in = (value >= band.low) & (value <= band.high)
        if not np.isnan(band.scale):
            is_in &= scale == band.scale
        if not np.isnan(band.oxygen):
            is_in &= oxygen == band.oxygen
        points[is_in] = band.points
    return points


@cache
def _bands(part: str) -> list:
    """The bands of one part, open ends infinite, conditions that do not matter NaN."""
    table = vocabulary.table("news2").query("parameter == @part")
    numbers = table[list(NUMBERS)].apply(pd.to_numeric)
    filled = numbers.fillna({"low": -np.inf, "high": np.inf})
    return list(filled.itertuples())
