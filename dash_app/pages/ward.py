"""Ward: who is in danger, and why. Lanes by level, the worst first."""

from collections.abc import Callable
from datetime import datetime, timedelta

import dash_ag_grid as dag
import dash_mantine_components as dmc
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from dash_app import banners, board, components, queries, words
from dash_app.feed import Feed
from warehouse import vocabulary

ALL_WARDS = "All wards"

COLUMNS = (
    ("word", "Level", "Level", {"width": 176}),
    ("bed", "Bed", "Bed", {"width": 124}),
    ("initials", "Patient", "Who", {"width": 108}),
    ("news2", "NEWS2", "News2", {"width": 112, "headerClass": "right"}),
    ("risk", "Risk in 24 h, last 12 h", "Risk", {"width": 212}),
    ("reasons", "Why", "Reasons", {"flex": 1, "minWidth": 280}),
    ("alert", "Open alert", "Alert", {"width": 128}),
    ("newest", "Newest data", "Newest", {"width": 116}),
)
"""Field, header, cell renderer (assets/ward.js), width."""

FLASHING = ("word", "news2", "risk")
"""A change of these fades once."""


def layout(ward: str | None = None, **_) -> html.Div:
    """The page without data; `ward` from the address."""
    choice = dmc.Select(
        id="ward-choice",
        data=[ward or ALL_WARDS],
        value=ward or ALL_WARDS,
        allowDeselect=False,
        **{"aria-label": "Ward"},
    )
    counts = html.Div(id="ward-counts", className="counts", **{"aria-live": "polite"})
    pending = html.Div(id="ward-pending", className="pending", role="status")
    return components.page(
        "ward",
        [
            html.H1("Ward", className="hidden"),
            html.Div([choice, counts, pending], className="ward-bar"),
            html.Div(id="ward-statement"),
            html.Div(_grid(), id="ward-list", className="ward-list"),
            components.footer(),
            dcc.Store(id="ward-rows"),
            dcc.Store(id="ward-shown"),
            dcc.Store(id="ward-lanes"),
        ],
    )


def _grid() -> dag.AgGrid:
    columns = [
        {"field": field, "headerName": header, "cellRenderer": renderer, **width}
        | {"enableCellChangeFlash": field in FLASHING}
        for field, header, renderer, width in COLUMNS
    ]
    bands = vocabulary.table("risk_bands")["risk_low"].astype(float).tolist()
    return dag.AgGrid(
        id="ward-grid",
        columnDefs=columns,
        defaultColDef={"sortable": False, "resizable": True, "suppressMovable": True},
        getRowId="params.data.id",
        rowClassRules={
            "row-emergency": "params.data.level == 'emergency'",
            "row-calm": "params.data.level == 'routine' || params.data.level == 'unknown'",
        },
        dashGridOptions={
            "getRowHeight": {"function": "params.data.is_lane ? 32 : 48"},
            "headerHeight": 32,
            "context": {"bands": bands},
            "isFullWidthRow": {"function": "params.rowNode.data.is_lane"},
            "fullWidthCellRenderer": "Lane",
            "suppressHeaderFocus": True,
            "ensureDomOrder": True,
            "animateRows": False,
            "cellFlashDuration": 300,
            "cellFadeDuration": 300,
        },
        eventListeners={"cellKeyDown": ["onRowKey(params)"], "rowClicked": ["onRowClick(params)"]},
        className="ward-grid",
    )


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """The callbacks. One asks the server, every two seconds; the others stay in the browser."""

    @app.callback(
        *components.frame_outputs("ward"),
        Output("ward-counts", "children"),
        Output("ward-statement", "children"),
        Output("ward-list", "className"),
        Output("ward-choice", "data"),
        Output("ward-rows", "data"),
        Output("ward-shown", "data"),
        Input("ward-tick", "n_intervals"),
        Input("ward-choice", "value"),
        State("ward-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, choice: str, shown_before: str | None):
        chosen = None if choice == ALL_WARDS else choice
        return update(feed, clock(), chosen, shown_before)

    app.clientside_callback(
        ClientsideFunction("ward", "arrange"),
        Output("ward-grid", "rowData"),
        Output("ward-pending", "children"),
        Input("ward-rows", "data"),
        Input("ward-lanes", "data"),
        Input("ward-tick", "n_intervals"),
    )
    app.clientside_callback(
        ClientsideFunction("ward", "addressOf"),
        Output("address", "search"),
        Input("ward-choice", "value"),
        prevent_initial_call=True,
    )


def update(feed: Feed, now: datetime, chosen: str | None, shown_before: str | None) -> list:
    """The page's outputs at `now`; the rows only when the snapshot or the minute is another."""
    limit = timedelta(minutes=feed.settings.stale_minutes)
    snapshot = feed.snapshot()
    ward = feed.ask(queries.ward)
    if ward is None:
        return _nothing_yet(feed.missing, now)
    shown = board.seen(ward, now, chosen)
    risks = ward.trail[ward.trail["patient_id"].isin(shown["patient_id"])]
    newest = banners.newest_live(shown)
    said = banners.of_age(newest, now, limit) + banners.of(shown, risks["time"].max(), now)
    as_of = components.as_of(newest, now, limit)
    key = f"{snapshot} {now:%H:%M} {chosen}"
    return [
        *components.framed(ward.is_synthetic, as_of, said, now),
        _counts(shown, board.alerts_today(ward, now, chosen)),
        _empty(ward) if shown.empty else None,
        _list_class(is_empty=shown.empty, is_greyed=banners.is_red(said)),
        [ALL_WARDS, *board.wards(ward)],
        no_update if key == shown_before else {"ward": chosen, "rows": board.rows(ward, shown)},
        key,
    ]


def _nothing_yet(missing: str, now: datetime) -> list:
    told = components.statement(
        "No patients yet.",
        "Nothing has been received so far. This page fills by itself when the first export "
        "has arrived.",
        f"For data operations: {missing}.",
    )
    return [
        *components.framed(False, [], [], now),
        [],
        told,
        _list_class(is_empty=True, is_greyed=False),
        [ALL_WARDS],
        {"ward": None, "rows": []},
        "",
    ]


def _empty(ward: queries.Ward) -> html.Div:
    last = ward.last_export
    arrived = f"The last export arrived {words.clock(last)}." if last else "No export has arrived."
    return components.statement("No patients on this ward yet.", arrived)


def _list_class(*, is_empty: bool, is_greyed: bool) -> str:
    return "ward-list" + " empty" * is_empty + " greyed" * is_greyed


def _counts(shown: pd.DataFrame, alerts_today: int) -> list:
    """`18 patients · ● 2 emergency · ◑ 3 urgent · alerts today 4`; history has no today."""
    levels = board.counts(shown)
    worst = [_count(level, levels[level]) for level in ("emergency", "urgent", "watch")]
    patients = html.Span(f"{len(shown)} patient{'s' * (len(shown) != 1)}")
    today = [html.Span(f"alerts today {alerts_today}")] if shown["is_live"].any() else []
    return [patients, *worst, *today]


def _count(level: str, number: int) -> html.Span:
    told = f"{number} {words.LEVELS[level].lower()}"
    return html.Span([components.shape(level), told], className="" if number else "none")
