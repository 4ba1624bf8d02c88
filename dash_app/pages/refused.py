"""Refused rows: where they stood and why, and what a person decides on them."""

from collections.abc import Callable
from datetime import datetime

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from dash_app import components
from dash_app.feed import Feed
from dash_app.quality import decide, frame, queries, refused_rows, tables, terms
from dash_app.quality.queries import Filter
from warehouse import decisions
from warehouse.errors import DecisionIncomplete

PAGE_ROWS = 50

COLUMNS = (
    ("batch_no", "Batch", {"width": 104, "cellRenderer": "BatchLink"}),
    ("source", "Source", {"width": 136}),
    ("kind", "Kind of file", {"width": 120}),
    ("into_table", "Meant for", {"width": 120}),
    ("line", "Line", {"width": 96, "type": "rightAligned"}),
    ("part", "Part", {"width": 72, "type": "rightAligned"}),
    ("why", "Why it was refused", {"flex": 1, "minWidth": 280, "tooltipField": "why"}),
    ("first_seen", "First seen, UTC (+00:00)", {"width": 168}),
    ("decision", "Decision waiting", {"width": 128}),
)

CHOSEN = (
    State("refused-source", "value"),
    State("refused-rule", "value"),
    State("refused-batch", "data"),
)

TYPED = ("action", "scope", "changes", "by", "reason")
"""Fields of the form: `refused-<name>`."""


def layout(source: str | None = None, rule: str | None = None, batch: str | None = None, **_):
    """The page without data; what is chosen from the address."""
    batch = batch if batch and batch.isdecimal() else None
    table = [_filters(source, rule, batch), html.P(id="refused-count", role="status"), _grid()]
    body = [
        html.Section(table, className="card"),
        html.Section([html.H2("Decide"), *decide.form(), _said()], className="card"),
        html.Section(id="refused-pending", className="card"),
        html.Section(id="refused-applied", className="card"),
        dcc.Store(id="refused-batch", data=batch and int(batch)),
        dcc.Store(id="refused-shown"),
        dcc.Store(id="refused-landed"),
        dcc.Store(id="refused-asked"),
    ]
    return frame.page("refused", "Refused rows", [html.Div(body, id="refused-body", hidden=True)])


def _said() -> html.P:
    return html.P(id="refused-said", className="said", role="status")


def _filters(source: str | None, rule: str | None, batch: str | None) -> html.Div:
    chosen = [
        dmc.Select(
            id=f"refused-{name}",
            label=label,
            placeholder=f"All {label.lower()}s",
            data=[value] if value else [],
            value=value,
            clearable=True,
            w=240,
        )
        for name, label, value in (("source", "Source", source), ("rule", "Rule", rule))
    ]
    if batch:
        rest = frame.refused_rows("all batches", source=source, rule=rule)
        chosen.append(html.Span([f"Batch {batch} only · ", rest]))
    return html.Div(chosen, className="filters")


def _grid() -> dag.AgGrid:
    return dag.AgGrid(
        id="refused-grid",
        columnDefs=[{"field": f, "headerName": head} | kind for f, head, kind in COLUMNS],
        defaultColDef={"sortable": False, "wrapHeaderText": True, "suppressMovable": True},
        getRowId="params.data.id",
        rowModelType="infinite",
        dashGridOptions={
            "rowHeight": 32,
            "headerHeight": 48,
            "pagination": True,
            "paginationPageSize": PAGE_ROWS,
            "paginationPageSizeSelector": False,
            "cacheBlockSize": PAGE_ROWS,
            "ensureDomOrder": True,
            **tables.BY_KEYBOARD,
            "rowSelection": {"mode": "multiRow", "headerCheckbox": False},
        },
        eventListeners=tables.LINK_BY_KEYBOARD,
        className="grid",
        style={"height": 480},
    )


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """What is shown, a page of rows, and a decision; the rest stays in the browser."""
    _register_rows(app, feed, clock)
    _register_decision(app, feed, clock)

    app.clientside_callback(
        ClientsideFunction("quality", "askAgain"),
        Output("refused-asked", "data"),
        Input("refused-source", "value"),
        Input("refused-rule", "value"),
        Input("refused-landed", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("quality", "selected"),
        Output("refused-selected", "children"),
        Input("refused-grid", "selectedRows"),
    )
    app.clientside_callback(
        ClientsideFunction("quality", "isNoFix"),
        Output("refused-fix", "hidden"),
        Input("refused-action", "value"),
    )


def _register_rows(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    @app.callback(
        *components.frame_outputs("refused"),
        Output("refused-statement", "children"),
        Output("refused-body", "hidden"),
        Output("refused-source", "data"),
        Output("refused-rule", "data"),
        Output("refused-count", "children"),
        Output("refused-columns", "children"),
        Output("refused-pending", "children"),
        Output("refused-applied", "children"),
        Output("refused-shown", "data"),
        Input("refused-tick", "n_intervals"),
        Input("refused-source", "value"),
        Input("refused-rule", "value"),
        Input("refused-landed", "data"),
        State("refused-batch", "data"),
        State("refused-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, source, rule, landed, batch, shown_before):
        chosen = Filter(source or None, rule or None, batch)
        return update(feed, clock(), chosen, landed, shown_before)

    @app.callback(
        Output("refused-grid", "getRowsResponse"),
        Input("refused-grid", "getRowsRequest"),
        *CHOSEN,
    )
    def rows(asked: dict | None, source, rule, batch):
        if asked is None:
            return no_update
        return refused_rows.page_of_rows(feed, Filter(source or None, rule or None, batch), asked)


def _register_decision(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    @app.callback(
        Output("refused-said", "children"),
        Output("refused-said", "className"),
        Output("refused-landed", "data"),
        Input("refused-land", "n_clicks"),
        *CHOSEN,
        State("refused-grid", "selectedRows"),
        *(State(f"refused-{name}", "value") for name in TYPED),
        prevent_initial_call=True,
    )
    def land(_, source, rule, batch, selected, *typed):
        chosen = Filter(source or None, rule or None, batch)
        fields = dict(zip(TYPED, typed, strict=True)) | {"selected": selected}
        return landed(feed, clock(), chosen, fields)


def update(
    feed: Feed, now: datetime, chosen: Filter, landed: str | None, shown_before: str | None
) -> list:
    """The page's outputs at `now`; what is chosen among once a minute, or after a decision."""
    outside = frame.framed(feed, now)
    if told := frame.nothing_yet(feed):
        return [*outside, told, True, *[no_update] * 6, ""]
    key = f"{now:%H:%M} {chosen} {landed}"
    if key == shown_before:
        return [*outside, *[no_update] * 9]
    found = feed.ask(queries.refused_count, chosen)
    columns = ", ".join(feed.ask(queries.columns_of, chosen))
    return [
        *outside,
        None,
        False,
        feed.ask(queries.known_sources),
        refused_rows.rules(
            feed.ask(queries.refused_rules, chosen.source, chosen.batch), chosen.rule
        ),
        f"{terms.count(found)} refused row{'s' * (found != 1)} waiting for a decision.",
        f"Columns: {columns}." if columns else "",
        decide.pending(decisions.pending(feed.settings, "quarantine"), now),
        decide.applied(feed.ask(queries.applied)),
        key,
    ]


def landed(feed: Feed, now: datetime, chosen: Filter, typed: dict) -> tuple:
    """Land a decision: what to say, how it looks, and when it was landed."""
    try:
        rows = decide.land(feed, chosen, typed, now)
    except DecisionIncomplete as error:
        return f"Nothing was landed: {error}.", "said refused", no_update
    told = f"Landed on {terms.count(rows)} row{'s' * (rows != 1)}"
    return f"{told}; the release_quarantine DAG applies it.", "said", now.isoformat()
