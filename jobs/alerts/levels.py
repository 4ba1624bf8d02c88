"""How bad: routine, watch, urgent, emergency. Where each begins is data (reference/*.csv)."""

import numpy as np
import pandas as pd

from warehouse import vocabulary

LEVELS = ("routine", "watch", "urgent", "emergency")
"""From calm to danger. `routine` also where nothing is known: pages say "no current score"."""


def news2_level(twins: pd.DataFrame) -> pd.Series:
    """The level of each twin by NEWS2 (RCP 2017, chart 4): its total and its highest part.

    An incomplete total is a lower bound and counts as it stands.
    """
    return worst(total_level(twins["news2_total"]), single_level(twins["news2_highest"]))


def total_level(points: pd.Series) -> pd.Series:
    return _news2_level("news2_total", points)


def single_level(points: pd.Series) -> pd.Series:
    """By the highest points of a single part."""
    return _news2_level("news2_single", points)


def risk_level(risk: pd.Series) -> pd.Series:
    """The level of each probability of deterioration within 24 h."""
    return _level(risk, vocabulary.table("risk_bands"), "risk_low")


def limits_level(broken: pd.Series) -> pd.Series:
    """By how many signs lie beyond limits of the patient's own."""
    return _level(broken, vocabulary.table("personal_limit_levels"), "signs_low")


def worst(*levels: pd.Series) -> pd.Series:
    """Row by row the gravest of several levels."""
    ranks = np.maximum.reduce([rank(level).to_numpy() for level in levels])
    return pd.Series(np.array(LEVELS, dtype=object)[ranks], index=levels[0].index)


def rank(levels: pd.Series) -> pd.Series:
    """0 routine ... 3 emergency."""
    return levels.map({name: place for place, name in enumerate(LEVELS)})


def _news2_level(cause: str, points: pd.Series) -> pd.Series:
    table = vocabulary.table("news2_levels")
    return _level(points, table[table["cause"] == cause], "points_low")


def _level(values: pd.Series, bands: pd.DataFrame, low: str) -> pd.Series:
    """The last band that begins at or below each value."""
    bands = bands.assign(low=bands[low].astype(float)).sort_values("low")
    names = np.array(["routine", *bands["level"]], dtype=object)
    known = values.notna().to_numpy()
    reached = np.searchsorted(bands["low"], values.fillna(0).to_numpy(), side="right")
    return pd.Series(names[np.where(known, reached, 0)], index=values.index)
