"""One batch: what it was, what became of its rows, what each rule saw and refused."""

from collections.abc import Callable
from datetime import datetime

import pandas as pd
from dash import Dash, Input, Output, State, dcc, html, no_update

from dash_app import components, words
from dash_app.feed import Feed
from dash_app.quality import frame, queries, tables, terms

RULES = (
    ("Rule", ""),
    ("A row is refused where", ""),
    ("Dimension", ""),
    ("Rows checked", "number"),
    ("Rows refused", "number"),
    ("Share", "number"),
)


def layout(batch_no: str | None = None, **_) -> html.Div:
    """The page without data; the batch from the address."""
    body = [
        html.Section(id="batch-facts", className="card"),
        html.Section(id="batch-rules", className="card"),
        dcc.Store(id="batch-no", data=batch_no),
        dcc.Store(id="batch-shown"),
    ]
    content = [html.Div(body, id="batch-body", hidden=True)]
    return frame.page("batch", f"Batch {batch_no}", content, view="batches")


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """One callback asks the server."""

    @app.callback(
        *components.frame_outputs("batch"),
        Output("batch-statement", "children"),
        Output("batch-body", "hidden"),
        Output("batch-facts", "children"),
        Output("batch-rules", "children"),
        Output("batch-shown", "data"),
        Input("batch-tick", "n_intervals"),
        State("batch-no", "data"),
        State("batch-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, batch_no: str | None, shown_before: int | None):
        return update(feed, clock(), batch_no, shown_before)


def update(feed: Feed, now: datetime, address: str | None, shown_before: int | None) -> list:
    """The page's outputs at `now`; the body when there is a newer snapshot."""
    outside, snapshot = frame.framed(feed, now), feed.snapshot()
    if told := frame.nothing_yet(feed):
        return [*outside, told, True, None, None, None]
    if snapshot == shown_before:
        return [*outside, *[no_update] * 5]
    is_number = bool(address) and address.isdecimal() and int(address) < 2**63
    found, results = feed.ask(queries.batch, int(address) if is_number else -1)
    if found.empty:
        return [*outside, _unknown(), True, None, None, snapshot]
    batch = next(found.itertuples())
    return [*outside, None, False, facts(batch), rules(batch, results), snapshot]


def _unknown() -> html.Div:
    return components.statement(
        "This batch is not known here.",
        "The address may be old or mistyped.",
        dcc.Link("All batches", href="/quality/batches"),
    )


def facts(batch) -> list:
    """What the ledger says of one batch; a row of sql/batches.sql."""
    told = {
        "Source": dcc.Link(batch.source, href=f"/quality/{batch.source}"),
        "Kind of file": batch.kind,
        "Landed": words.moment(batch.landed),
        "Judged": words.moment(batch.processed),
        "Size": f"{terms.count(batch.bytes)} bytes",
        "File": words.text(batch.file_name) or "name kept back: it may name a patient",
        "Id": f"{batch.batch_id[:12]}…",
    }
    listed = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in told.items()]
    return [html.H2(_state(batch)), html.P(_counts(batch)), html.Dl(listed, className="facts")]


def _state(batch) -> str:
    if batch.state == "refused":
        return f"Refused whole: {batch.reason}"
    return "Committed"


def _counts(batch) -> str:
    """`1,480 rows read = 1,460 kept + 15 refused + 5 duplicate`."""
    return (
        f"{terms.count(batch.read)} rows read = {terms.count(batch.accepted)} kept + "
        f"{terms.count(batch.quarantined)} refused + {terms.count(batch.duplicate)} duplicate. "
        f"Of those kept, {terms.count(batch.unmapped)} carry a code that is not mapped yet."
    )


def rules(batch, results: pd.DataFrame) -> list:
    """What each rule saw and refused, the most first, with a way to the rows."""
    if results.empty:
        return [html.H2("Rules"), html.P("No rule was applied: the file could not be read.")]
    rows = [_rule(batch, row) for row in results.itertuples()]
    return [html.H2("What each rule saw and refused"), tables.table(RULES, rows)]


def _rule(batch, row) -> list:
    name = terms.rule(row.rule)
    link = frame.refused_rows(name, batch=batch.batch_no, rule=row.rule) if row.failed else name
    return [
        [html.Div(link), html.Div(row.into_table, className="second")],
        terms.meaning(row.into_table, row.rule),
        row.dimension,
        terms.count(row.checked),
        terms.count(row.failed),
        terms.share(terms.of(row.failed, row.checked)),
    ]
