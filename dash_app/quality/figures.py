"""Shares over time with their control limits: one row each, one time axis."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures import INK, LEVEL_COLOURS, label
from dash_app.quality import terms

ROW, SPACE, AROUND = 72, 20, 72
"""Pixels: a row, the room between two, and above and below them all."""

LABELS, TICKS = 184, 72
"""Pixels left of the chart: the rows' names, the figures of their ranges."""

MOST_ROWS = 10


def shown(rates: pd.DataFrame) -> list[str]:
    """The names that are drawn, in order: what lies outside first, then what refused most."""
    by_name = rates.groupby("name").agg(outside=("is_below", "sum"), failed=("failed", "sum"))
    order = by_name.sort_values(["outside", "failed"], ascending=False)
    return list(order.index[:MOST_ROWS])


def height(row_count: int) -> int:
    """Pixels for so many rows."""
    return row_count * (ROW + SPACE) + AROUND


def pass_rates(rates: pd.DataFrame, theme: str) -> go.Figure:
    """The chart of sql/pass_rates.sql: points, usual range in grey, what lies below it marked."""
    names = shown(rates)
    figure = go.Figure(layout=surroundings(len(names), INK[theme]))
    for number, name in enumerate(names, start=1):
        rows = rates[rates["name"] == name]
        figure.add_traces([*_limits(rows, number, INK[theme]), _points(rows, number, theme)])
        place = _place(number, len(names))
        figure.update_layout({f"yaxis{number}": _axis(rows, place, INK[theme])})
        figure.add_annotation(label(_name(name, rows), place, LABELS + TICKS))
    return figure


def _place(number: int, rows: int) -> tuple[float, float]:
    """The row's share of the height."""
    total = rows * (ROW + SPACE)
    top = 1 - (number - 1) * (ROW + SPACE) / total
    return top - ROW / total, top


def _limits(rows: pd.DataFrame, number: int, ink: dict) -> list[go.Scatter]:
    """The usual range as a grey band with its middle; nothing where there are too few points."""
    edge = {"yaxis": f"y{number}", "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    thin = {"width": 0, "shape": "hvh"}
    band = {"fill": "tonexty", "fillcolor": faint(ink["muted"])}
    middle = {"width": 1, "dash": "dot", "color": ink["muted"]}
    return [
        go.Scatter(x=rows["time"], y=rows["low"], line=thin, **edge),
        go.Scatter(x=rows["time"], y=rows["high"], line=thin, **edge, **band),
        go.Scatter(x=rows["time"], y=rows["centre"], line=middle, **edge),
    ]


def faint(colour: str) -> str:
    """A colour of INK as a band behind a line."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"


def _points(rows: pd.DataFrame, number: int, theme: str) -> go.Scatter:
    ink, alarm = INK[theme], LEVEL_COLOURS[theme]["emergency"]
    return go.Scatter(
        x=rows["time"],
        y=rows["passed"],
        yaxis=f"y{number}",
        mode="lines+markers",
        line={"width": 1, "color": ink["muted"]},
        marker={
            "size": np.where(rows["is_below"], 9, 5),
            "color": np.where(rows["is_below"], alarm, ink["text"]),
            "symbol": np.where(rows["is_below"], "diamond", "circle"),
        },
        customdata=[_told(row) for row in rows.itertuples()],
        hovertemplate="%{x|%-d %b %H:%M}: %{customdata}<extra></extra>",
        showlegend=False,
    )


def _told(row) -> str:
    """`99.41 % passed, 230 of 39,182 checks failed; usual from 99.94 %`."""
    usual = f"; usual from {terms.share(row.low)}" if pd.notna(row.low) else ""
    failed = f"{terms.count(row.failed)} of {terms.count(row.checked)} checks failed"
    return f"{terms.share(row.passed)} passed, {failed}{usual}"


def _axis(rows: pd.DataFrame, place: tuple[float, float], ink: dict) -> dict:
    """From the lowest point or usual limit up to 100 %, with some air; the two ends are named.

    A day of a few rows has a limit far below all others: it may leave the row.
    """
    low = min(rows["passed"].min(), rows["low"].median() if rows["low"].notna().any() else 1)
    air = max((1 - low) * 0.12, 1e-5)
    return {
        "domain": place,
        "range": [low - air, 1 + air],
        "fixedrange": True,
        "tickvals": [low, 1],
        "ticktext": [terms.share(low), "100 %"],
        "tickfont": {"size": 11, "color": ink["muted"]},
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": ink["line"],
    }


def _name(name: str, rows: pd.DataFrame) -> str:
    """What is measured, its share now, and how often it lay outside."""
    last, outside = rows.iloc[-1], int(rows["is_below"].sum())
    note = f"<br>◆ {outside} below the usual range" if outside else ""
    table, _, rule = name.rpartition(" · ")
    title = f"{terms.rule(rule)}<br>{table}" if table else name
    return f"<b>{title}</b><br>{terms.share(last['passed'])} now{note}"


def surroundings(row_count: int, ink: dict) -> dict:
    """The layout of a chart of `row_count` rows over one time axis."""
    return {
        "autosize": True,
        "margin": {"l": LABELS + TICKS + 8, "r": 16, "t": 8, "b": 56},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": ink["text"]},
        "hoverlabel": {"bgcolor": ink["surface"]},
        "xaxis": {
            "type": "date",
            "title": {"text": "Landed, UTC (+00:00)", "font": {"size": 12, "color": ink["muted"]}},
            "tickformat": "%-d %b\n%H:%M",
            "gridcolor": ink["line"],
            "anchor": f"y{max(row_count, 1)}",
            "fixedrange": True,
        },
    }
