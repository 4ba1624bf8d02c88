"""One sign of one source, day by day: the middle and the spread of patients' medians."""

import pandas as pd
import plotly.graph_objects as go

from dash_app import words
from dash_app.figures import INK
from dash_app.quality import terms
from dash_app.quality.figures import faint, surroundings

LEGEND = (
    "Line: the middle of the patients' medians of that day; grey: from the lowest to the highest "
    "tenth. Days of fewer than five patients are left out."
)

COLUMNS = (
    ("day", "Day, UTC", {"flex": 1}),
    ("low", "Lowest tenth up to", {"flex": 1, "type": "rightAligned"}),
    ("middle", "Middle", {"flex": 1, "type": "rightAligned"}),
    ("high", "Highest tenth from", {"flex": 1, "type": "rightAligned"}),
    ("patients", "Patients", {"flex": 1, "type": "rightAligned"}),
)


def figure(days: pd.DataFrame, concept: str, theme: str) -> go.Figure:
    """The values of one sign day by day (`trends.daily`)."""
    ink = INK[theme]
    drawn = go.Figure(layout=surroundings(1, ink) | {"margin": {"l": 72, "r": 16, "t": 8, "b": 56}})
    drawn.update_xaxes(title={"text": "Day, UTC (+00:00)"}, tickformat="%-d %b")
    if days.empty:
        return drawn
    about = {"x": days["day"], "showlegend": False, "connectgaps": False}
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"} | about
    told = [_told_day(row, concept) for row in days.itertuples()]
    drawn.add_traces(
        [
            go.Scatter(y=days["low"], **edge),
            go.Scatter(y=days["high"], fill="tonexty", fillcolor=faint(ink["muted"]), **edge),
            go.Scatter(
                y=days["middle"],
                mode="lines+markers",
                line={"width": 1, "color": ink["muted"]},
                marker={"size": 5, "color": ink["text"]},
                customdata=told,
                hovertemplate="%{x|%-d %b}: %{customdata}<extra></extra>",
                **about,
            ),
        ]
    )
    title = f"{words.concept(concept)} {words.unit(concept)}".strip()
    unit = {"text": title, "font": {"size": 12, "color": ink["muted"]}}
    drawn.update_yaxes(title=unit, gridcolor=ink["line"], zeroline=False, fixedrange=True)
    return drawn


def _told_day(row, concept: str) -> str:
    low, middle, high = (
        words.quantity(concept, value) for value in (row.low, row.middle, row.high)
    )
    return f"{middle}, from {low} to {high}, {row.patients} patients"


def rows(days: pd.DataFrame, concept: str) -> list[dict]:
    """The same as text, the newest day first."""
    return [
        {"day": f"{row.day:%Y-%m-%d}", "patients": terms.count(row.patients)}
        | {name: words.quantity(concept, getattr(row, name)) for name in ("low", "middle", "high")}
        for row in days.iloc[::-1].itertuples()
    ]
