"""The signs of 48 hours: one row each, one time axis, fixed ranges, gaps left as gaps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app import chart_rows, words
from dash_app.chart_rows import Row
from dash_app.queries import CHART_SPAN, Patient

LEVEL_COLOURS = {
    "light": {"watch": "#F2C200", "urgent": "#E8730C", "emergency": "#C8102E"},
    "dark": {"watch": "#E6B800", "urgent": "#F08A33", "emergency": "#FF5C6C"},
}
INK = {
    "light": {"text": "#1B1F24", "muted": "#57606A", "line": "#D5DAE0", "surface": "#FFFFFF"},
    "dark": {"text": "#E6EAEE", "muted": "#A3ADB8", "line": "#323A44", "surface": "#1A1F26"},
}
"""The same as in assets/levels.css and page.css, which a figure cannot read."""

BANDS = {1: ("watch", 0.10), 2: ("urgent", 0.14), 3: ("emergency", 0.14)}
"""NEWS2 points -> the RCP's order of colours, and how faint."""

SHORTEST_GAP = timedelta(minutes=15)
"""Below this a line is never broken: a monitor's readings are thinned to two in five minutes."""

FEW = 60
"""Up to so many points of a fine line each has its dot."""

MARKER = 6

SPACE, LABELS, EDGES = 12, 136, 84
"""Pixels between rows; left of the chart, for the rows' names and for the bands' edges."""


def signs(patient: Patient, seen, theme: str) -> go.Figure:
    """The chart of one patient; `seen` is their row of `current.as_seen`, `theme` light or dark."""
    rows = list(enumerate(chart_rows.rows(seen.news2_scale, seen.news2_oxygen), start=1))
    places = _places([row for _, row in rows])
    lines = [
        _line(row, number, series, INK[theme])
        for number, row in rows
        for series in _series(patient, row.name)
    ]
    return go.Figure(
        data=[*(_blank(number) for number, _ in rows), *lines, *_flags(patient, seen.at, theme)],
        layout={
            **_surroundings(seen.at, len(rows), INK[theme]),
            **{f"yaxis{number}": _axis(row, places[row.name], INK[theme]) for number, row in rows},
            "annotations": [label(row.label, places[row.name], LABELS + EDGES) for _, row in rows],
            "shapes": [band for number, row in rows for band in _bands(row, number, theme)],
        },
    )


def _places(rows: list[Row]) -> dict[str, tuple[float, float]]:
    """Each row's share of the height, from the bottom (assets/patient.css has the whole)."""
    total = top = sum(row.height + SPACE for row in rows)
    places = {}
    for row in rows:
        places[row.name] = ((top - row.height) / total, top / total)
        top -= row.height + SPACE
    return places


@dataclass(frozen=True)
class Series:
    """One source of one row: `values` by `times`, in order; `hollow` marks lower bounds."""

    origin: str
    times: pd.Series
    values: pd.Series
    hollow: pd.Series


def _series(patient: Patient, name: str) -> list[Series]:
    scores = patient.scores[patient.scores["score"] == name]
    signs = patient.signs[patient.signs["concept"] == name]
    found = [("computed", scores, scores["known"] < len(words.signs()))]
    for is_device, rows in signs.groupby("is_device"):
        found.append(("device" if is_device else "charted", rows, rows["value"].isna()))
    return [
        Series(origin, rows["time"], rows["value"], hollow)
        for origin, rows, hollow in found
        if len(rows)
    ]


def _line(row: Row, number: int, series: Series, ink: dict) -> go.Scatter:
    """Markers over lines; a value beyond the row's range stands at its edge as a triangle."""
    drawn = with_gaps(series)
    is_fine = series.origin == "device" or row.name == "risk"
    has_dots = not is_fine or len(series.times) <= FEW
    return go.Scatter(
        x=drawn["time"],
        y=drawn["value"].clip(row.low, row.high),
        customdata=[_told(row.name, value) for value in drawn["value"]],
        yaxis=f"y{number}",
        mode="lines+markers" if has_dots else "lines",
        line={"width": 1, "color": ink["muted"], "shape": "hv" if row.is_stepped else "linear"},
        marker={
            "size": 3 if is_fine else MARKER,
            "color": ink["text"],
            "symbol": _symbols(row, drawn),
        },
        hovertemplate=f"%{{customdata}}, {series.origin}<extra></extra>",
        showlegend=False,
        connectgaps=False,
    )


def with_gaps(series: Series) -> pd.DataFrame:
    """[time, value, is_hollow] with an empty row where two points are further apart than usual.

    *Ours*: usual is up to twice the median gap of the series itself, at least `SHORTEST_GAP`.
    """
    points = {"time": series.times, "value": series.values, "is_hollow": series.hollow}
    rows = pd.DataFrame({name: column.to_numpy() for name, column in points.items()})
    gaps = rows["time"].diff()
    usual = max(2 * gaps.median(), pd.Timedelta(SHORTEST_GAP)) if len(rows) > 1 else SHORTEST_GAP
    breaks = rows[gaps > usual]
    breaks = breaks.assign(value=np.nan, time=breaks["time"] - pd.Timedelta(seconds=1))
    return pd.concat([rows, breaks]).sort_values("time", ignore_index=True)


def _symbols(row: Row, drawn: pd.DataFrame) -> np.ndarray:
    beyond = [drawn["value"] > row.high, drawn["value"] < row.low, drawn["is_hollow"]]
    return np.select(beyond, ["triangle-up", "triangle-down", "circle-open"], "circle")


def _told(name: str, value: float) -> str:
    if np.isnan(value):
        return ""
    if name == "risk":
        return f"Risk {words.percent(value)}"
    return f"NEWS2 {value:.0f}" if name == "news2" else words.said(name, value)


def _flags(patient: Patient, at: datetime, theme: str) -> list[go.Scatter]:
    """Alerts above, a line for each cause, treatments below: from when to when."""
    height = {cause: len(words.CAUSES) - 1 - place for place, cause in enumerate(words.CAUSES)}
    colours = LEVEL_COLOURS[theme] | {"treatment": INK[theme]["muted"]}
    alerts = [
        (alert.opened, alert.resolved, height[alert.cause], alert.level, _alert_words(alert))
        for alert in patient.alerts.itertuples()
    ]
    treatments = [
        (given.start_time, given.end_time, -0.6, "treatment", words.concept(given.concept))
        for given in patient.treatments.itertuples()
    ]
    return [
        _span(start, at if pd.isna(end) else end, y, told, colours[kind], INK[theme])
        for start, end, y, kind, told in alerts + treatments
    ]


def _alert_words(alert) -> str:
    return f"{words.CAUSES[alert.cause]}: {words.LEVELS[alert.level].lower()}"


def _span(start: datetime, end: datetime, y: float, told: str, colour: str, ink: dict):
    return go.Scatter(
        x=[start, end],
        y=[y, y],
        yaxis="y1",
        mode="lines+markers",
        line={"width": 2, "color": ink["muted"]},
        marker={"size": [9, 0], "color": colour, "line": {"width": 1, "color": ink["text"]}},
        hovertemplate=f"{told}<extra></extra>",
        showlegend=False,
    )


def _axis(row: Row, place: tuple[float, float], ink: dict) -> dict:
    """The row's fixed range, and room for a whole marker at either end."""
    margin = MARKER / 2 * (row.high - row.low) / row.height
    return {
        "domain": place,
        "range": [row.low - margin, row.high + margin],
        "fixedrange": True,
        "tickvals": list(row.ticks),
        "ticktext": list(row.ticks.values()),
        "tickfont": {"size": 11, "color": ink["muted"]},
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": ink["line"],
    }


def label(text: str, place: tuple[float, float], left: int) -> dict:
    """A row's name, so many pixels left of the chart and at the middle of the row's height."""
    return {
        "text": text,
        "align": "left",
        "showarrow": False,
        "xref": "paper",
        "x": 0,
        "xshift": -left,
        "xanchor": "left",
        "yref": "paper",
        "y": sum(place) / 2,
        "yanchor": "middle",
    }


def _blank(number: int) -> go.Scatter:
    """Nothing to see; without it a row that has no measurement is not drawn at all."""
    return go.Scatter(x=[None], y=[None], yaxis=f"y{number}", showlegend=False, hoverinfo="skip")


def _bands(row: Row, number: int, theme: str) -> list[dict]:
    return [
        {
            "type": "rect",
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": LEVEL_COLOURS[theme][BANDS[points][0]],
            "opacity": BANDS[points][1],
            "xref": "x domain",
            "x0": 0,
            "x1": 1,
            "yref": f"y{number}",
            "y0": max(low, row.low),
            "y1": min(high, row.high),
        }
        for low, high, points in row.bands
        if points
    ]


def _surroundings(at: datetime, row_count: int, ink: dict) -> dict:
    return {
        "autosize": True,
        "margin": {"l": LABELS + EDGES + 8, "r": 16, "t": 8, "b": 56},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": ink["text"]},
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "hoverlabel": {"bgcolor": ink["surface"]},
        "uirevision": "signs",
        "xaxis": {
            "type": "date",
            "range": [at - CHART_SPAN, at + timedelta(minutes=30)],
            "title": {"text": "Time, UTC (+00:00)", "font": {"color": ink["muted"]}},
            "tickformat": "%H:%M\n%-d %b",
            "hoverformat": "%-d %b %H:%M",
            "gridcolor": ink["line"],
            "anchor": f"y{row_count}",
            "showspikes": True,
            "spikethickness": 1,
            "spikecolor": ink["muted"],
            "spikemode": "across",
            "spikesnap": "cursor",
        },
    }
