"""The rows of the patient's chart: what each is called, its fixed range, its bands and edges."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dash_app import words
from warehouse import vocabulary

ROW, TALL_ROW, THIN_ROW, FLAGS_ROW = 76, 100, 40, 56
"""Heights in pixels."""

EDGE_HEIGHT = 10
"""Pixels that the figure at a band's edge needs."""

SECOND_SCALE = 2.0


@dataclass(frozen=True)
class Row:
    """One row. `bands`: (low, high, NEWS2 points or their like), open ends infinite."""

    name: str
    label: str
    low: float
    high: float
    bands: list[tuple[float, float, int]]
    ticks: dict[float, str]
    height: int = ROW
    is_stepped: bool = False


def rows(news2_scale: float, news2_oxygen: float) -> list[Row]:
    """The flags' lane on top, the two scores, the seven signs in the RCP's order."""
    flags = Row("flags", "Alerts<br>and treatments", -1, len(words.CAUSES), [], {}, FLAGS_ROW)
    signs = [_sign(name, news2_scale, news2_oxygen) for name in words.signs()]
    return [flags, _news2(), _risk(), *signs]


def _news2() -> Row:
    levels = vocabulary.table("news2_levels")
    edges = levels.loc[levels["cause"] == "news2_total", "points_low"].astype(float).tolist()
    bands = list(zip(edges, [*edges[1:], np.inf], (2, 3), strict=True))
    ticks = {edge: f"{edge:.0f}" for edge in (0, *edges)}
    return Row("news2", "NEWS2", 0, 20, bands, ticks, TALL_ROW)


def _risk() -> Row:
    edges = vocabulary.table("risk_bands")["risk_low"].astype(float).tolist()
    bands = list(zip(edges, [*edges[1:], np.inf], (1, 2, 3), strict=True))
    ticks = {edge: f"{100 * edge:.0f}" for edge in (0, *edges)}
    return Row("risk", "Risk in 24 h<br>%", 0, 0.8, bands, ticks)


def _sign(name: str, news2_scale: float, news2_oxygen: float) -> Row:
    concept = vocabulary.concepts().loc[name]
    label = "<br>".join(filter(None, (words.concept(name), words.unit(name))))
    bands = news2_bands(name, news2_scale, news2_oxygen)
    low, high = concept["chart_low"], concept["chart_high"]
    if concept["kind"] == "coded":
        ends = {value: words.coded(name, value) for value in (low, high)}
        return Row(name, label, low - 0.5, high + 0.5, bands, ends, THIN_ROW, is_stepped=True)
    ticks = {edge: words.number(name, edge) for edge in edges(bands, (high - low) / ROW)}
    return Row(name, label, low, high, bands, ticks)


def news2_bands(sign: str, scale: float, oxygen: float) -> list[tuple[float, float, int]]:
    """(low, high, points) of one sign; between two bands of news2.csv the edge is the later's low.

    `scale` (1, 2; NaN is 1) and `oxygen` (its points; NaN is air) choose the bands of SpO2.
    """
    table = vocabulary.table("news2").query("parameter == @sign")
    wanted = {"scale": "2" if scale == SECOND_SCALE else "1", "oxygen": str(int(oxygen > 0))}
    for column, value in wanted.items():
        table = table[table[column].isin(["", value])]
    lows = pd.to_numeric(table["low"]).fillna(-np.inf).tolist()
    return list(zip(lows, [*lows[1:], np.inf], table["points"].astype(int), strict=True))


def edges(bands: list[tuple[float, float, int]], unit_per_pixel: float) -> list[float]:
    """The bands' edges that can be labelled without touching: first those of the normal band."""
    normal = [edge for low, high, points in bands if points == 0 for edge in (low, high)]
    chosen: list[float] = []
    for edge in filter(np.isfinite, dict.fromkeys([*normal, *(low for low, _, _ in bands)])):
        if all(abs(edge - other) >= EDGE_HEIGHT * unit_per_pixel for other in chosen):
            chosen.append(edge)
    return chosen
