"""Batches: every landed file that was judged, the newest first, and what became of its rows."""

from collections.abc import Callable
from datetime import datetime

import pandas as pd
from dash import Dash, Input, Output, State, dcc, html, no_update

from dash_app import components
from dash_app.feed import Feed
from dash_app.quality import frame, queries, tables, terms

NUMBER = {"type": "rightAligned", "width": 104}

COLUMNS = (
    ("batch_no", "Batch", {"width": 96, "cellRenderer": "BatchLink"}),
    ("landed", "Landed, UTC (+00:00)", {"width": 168}),
    ("source", "Source", {"flex": 1, "minWidth": 128}),
    ("kind", "Kind of file", {"flex": 1, "minWidth": 128}),
    ("state", "State", {"width": 128}),
    ("read", "Rows read", NUMBER),
    ("accepted", "Kept", NUMBER),
    ("quarantined", "Refused", NUMBER),
    ("share", "Refused, %", NUMBER),
    ("duplicate", "Duplicate", NUMBER),
    ("unmapped", "Code not mapped", {"type": "rightAligned", "width": 112}),
)

COUNTS = ("read", "accepted", "quarantined", "duplicate", "unmapped")


def layout(source: str | None = None, **_) -> html.Div:
    """The page without data; `source` from the address."""
    grid = tables.grid(
        "batches-grid",
        COLUMNS,
        50,
        getRowId="params.data.id",
        eventListeners={
            "cellKeyDown": ["onBatchKey(params)"],
            "rowClicked": ["onBatchClick(params)"],
        },
        className="grid opens",
    )
    body = [
        html.P(f"The newest {terms.count(queries.NEWEST_BATCHES)} at most.", className="legend"),
        grid,
        dcc.Store(id="batches-source", data=source),
        dcc.Store(id="batches-shown"),
    ]
    title = f"Batches of {source}" if source else "Batches"
    card = html.Section(body, id="batches-body", className="card", hidden=True)
    return frame.page("batches", title, [card])


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """One callback asks the server."""

    @app.callback(
        *components.frame_outputs("batches"),
        Output("batches-statement", "children"),
        Output("batches-body", "hidden"),
        Output("batches-grid", "rowData"),
        Output("batches-shown", "data"),
        Input("batches-tick", "n_intervals"),
        State("batches-source", "data"),
        State("batches-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, source: str | None, shown_before: int | None):
        return update(feed, clock(), source, shown_before)


def update(feed: Feed, now: datetime, source: str | None, shown_before: int | None) -> list:
    """The page's outputs at `now`; the rows when there is a newer snapshot."""
    outside, snapshot = frame.framed(feed, now), feed.snapshot()
    if told := frame.nothing_yet(feed):
        return [*outside, told, True, [], None]
    if snapshot == shown_before:
        return [*outside, *[no_update] * 4]
    return [*outside, None, False, rows(feed.ask(queries.batches, source)), snapshot]


def rows(batches: pd.DataFrame) -> list[dict]:
    """One dict per batch, counts as text with their thousands apart."""
    return [
        {
            "id": str(batch.batch_no),
            "batch_no": batch.batch_no,
            "landed": f"{batch.landed:%Y-%m-%d %H:%M}",
            "source": batch.source,
            "kind": batch.kind,
            "state": "refused whole" if batch.state == "refused" else batch.state,
            "share": terms.share(terms.of(batch.quarantined, batch.read)),
            **{name: terms.count(getattr(batch, name)) for name in COUNTS},
        }
        for batch in batches.itertuples()
    ]
