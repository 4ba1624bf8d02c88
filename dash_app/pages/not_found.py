"""An address that leads nowhere."""

from collections.abc import Callable
from datetime import datetime

from dash import Dash, Input, dcc, html

from dash_app import components, queries
from dash_app.feed import Feed


def layout(**_) -> html.Div:
    """The page in words."""
    told = components.statement(
        "There is no such page.",
        "The address may be old or mistyped.",
        dcc.Link("To the ward", href="/"),
    )
    return components.page("not-found", [told])


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """The band that every page carries."""

    @app.callback(
        *components.frame_outputs("not-found"),
        Input("not-found-tick", "n_intervals"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_):
        return components.framed(bool(feed.ask(queries.is_synthetic)), [], [], clock())
