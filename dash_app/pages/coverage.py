"""Codes and charting: what nobody has mapped, what wards measure, how much reaches the twins."""

from collections.abc import Callable
from datetime import datetime

from dash import Dash, Input, Output, State, dcc, html, no_update

from dash_app import components, words
from dash_app.feed import Feed
from dash_app.quality import coverage, frame, tables, trends

NUMBER = {"type": "rightAligned", "flex": 1, "minWidth": 112}

CHARTING = (
    ("ward", "Ward", {"flex": 1, "minWidth": 112}),
    ("concept", "Sign or value", {"flex": 2, "minWidth": 160}),
    ("missing", "Patient-days without a value", NUMBER),
    ("missing_before", "the week before", NUMBER),
    ("often", "Values per patient and day", NUMBER),
    ("often_before", "the week before", NUMBER),
    ("note", "", {"flex": 1, "minWidth": 120}),
)


def layout(**_) -> html.Div:
    """The page without data."""
    body = [
        html.Section(id="coverage-unmapped", className="card"),
        html.Section(
            [
                html.H2("How often wards measure"),
                html.P(id="coverage-week", className="legend"),
                tables.grid("coverage-charting", CHARTING, 20),
            ],
            className="card",
        ),
        html.Section(id="coverage-funnel", className="card"),
        dcc.Store(id="coverage-shown"),
    ]
    content = [html.Div(body, id="coverage-body", hidden=True)]
    return frame.page("coverage", "Codes and charting", content)


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """One callback asks the server."""

    @app.callback(
        *components.frame_outputs("coverage"),
        Output("coverage-statement", "children"),
        Output("coverage-body", "hidden"),
        Output("coverage-unmapped", "children"),
        Output("coverage-week", "children"),
        Output("coverage-charting", "rowData"),
        Output("coverage-funnel", "children"),
        Output("coverage-shown", "data"),
        Input("coverage-tick", "n_intervals"),
        State("coverage-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, shown_before: str | None):
        return update(feed, clock(), shown_before)


def update(feed: Feed, now: datetime, shown_before: str | None) -> list:
    """The page's outputs at `now`; the body when trends have been made anew, or once a minute."""
    outside, built = frame.framed(feed, now), feed.ask(trends.built)
    told = frame.nothing_yet(feed) or frame.no_trends(built)
    if told:
        return [*outside, told, True, *[no_update] * 4, ""]
    key = f"{now:%H:%M} {built}"
    if key == shown_before:
        return [*outside, *[no_update] * 7]
    return [
        *outside,
        None,
        False,
        coverage.unmapped(feed.ask(trends.unmapped), now),
        f"The 7 days up to {words.day(built)} beside the 7 days before. Wards of fewer than five "
        "patients are left out.",
        coverage.charting(feed.ask(trends.charting)),
        coverage.funnel(feed.ask(trends.funnel)),
        key,
    ]
