"""Devices: what engineering has to look at, and what each device last told of itself."""

from collections.abc import Callable
from datetime import datetime

from dash import Dash, Input, Output, State, dcc, html, no_update

from dash_app import components, devices, queries, words
from dash_app.feed import Feed
from dash_app.quality import tables

ABOUT = (
    "Found by signatures in the readings (device_faults.csv), those of the last 7 days. Technical: "
    "for engineering. Clinical: another sign of the patient moved with it, so it may be the "
    "patient; the ward has it by NEWS2 and risk. No reading is held back from the ward by a fault."
)


def layout(**_) -> html.Div:
    """The page without data."""
    body = [
        html.Section(id="devices-faults", className="card"),
        html.Section(
            [html.H2("All devices"), tables.grid("devices-all", devices.INVENTORY, 20)],
            className="card",
        ),
    ]
    sheet = [
        html.H1("Devices"),
        html.Div(id="devices-statement"),
        html.Div(body, id="devices-body", hidden=True),
        components.footer(),
        dcc.Store(id="devices-shown"),
    ]
    return components.page("devices", [html.Div(sheet, className="sheet")], section="Devices")


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """One callback asks the server."""

    @app.callback(
        *components.frame_outputs("devices"),
        Output("devices-statement", "children"),
        Output("devices-body", "hidden"),
        Output("devices-faults", "children"),
        Output("devices-all", "rowData"),
        Output("devices-shown", "data"),
        Input("devices-tick", "n_intervals"),
        State("devices-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, shown_before: str | None):
        return update(feed, clock(), shown_before)


def update(feed: Feed, now: datetime, shown_before: str | None) -> list:
    """The page's outputs at `now`; the body only when snapshot or minute is another."""
    found = feed.ask(queries.devices)
    if found is None or found.devices.empty:
        told = components.statement(
            "No device has told anything yet.",
            f"For data operations: {feed.missing}."
            if found is None
            else "This page fills by itself with the first reading of a monitor.",
        )
        frame = components.framed(found is not None and found.is_synthetic, [], [], now)
        return [*frame, told, True, no_update, no_update, ""]
    newest = found.devices["time"].max()
    seen = [html.Span(f"Newest reading {words.moment(newest)}"), html.Span(words.ago(now - newest))]
    frame = components.framed(found.is_synthetic, seen, [], now)
    key = f"{feed.snapshot()} {now:%H:%M}"
    if key == shown_before:
        return [*frame, *[no_update] * 5]
    return [*frame, None, False, _faults(found, now), devices.inventory(found.devices, now), key]


def _faults(found: queries.Devices, now: datetime) -> list:
    lasting = int(found.faults["end_time"].isna().sum())
    title = html.H2(f"{lasting} faults now" if lasting != 1 else "1 fault now")
    about = html.P(ABOUT, className="legend")
    if found.faults.empty:
        return [title, about]
    return [title, about, devices.faults(found.faults, found.devices, now)]
