"""Quality: how each source does, what refuses its rows, and since when that is unusual."""

from collections.abc import Callable
from datetime import datetime

import dash_ag_grid as dag
import dash_mantine_components as dmc
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from dash_app import components, words
from dash_app.feed import Feed
from dash_app.quality import cards, figures, findings, frame, queries, terms, trends

LEGEND = (
    "Each row is checked by every rule of its table; a point is the share of checks that were "
    "passed. Grey: the usual range (three sigma, p-chart). ◆ below it. Each row of the chart has "
    f"its own scale; the {figures.MOST_ROWS} that stand out most are drawn, the table has all."
)

COLUMNS = (
    ("name", "Name", {"minWidth": 200}),
    ("time", "Landed from, UTC (+00:00)", {"minWidth": 160}),
    ("passed", "Checks passed", {"type": "rightAligned"}),
    ("failed", "Failed", {"type": "rightAligned"}),
    ("checked", "Checked", {"type": "rightAligned"}),
    ("usual", "Usual range", {"type": "rightAligned", "minWidth": 180}),
    ("note", "", {}),
)

BODY = (
    ("quality-title", "children"),
    ("quality-statement", "children"),
    ("quality-body", "hidden"),
    ("quality-findings", "children"),
    ("quality-sources", "children"),
    ("quality-chart", "figure"),
    ("quality-chart-box", "style"),
    ("quality-table", "rowData"),
    ("quality-rules", "children"),
    ("quality-sign-offs", "children"),
    ("quality-shown", "data"),
)
"""What `update` fills besides the frame, in its order."""


def layout(source: str | None = None, **_) -> html.Div:
    """The page without data; `source` from the address."""
    body = [
        html.Section(id="quality-findings", className="card"),
        _section("Sources", "The last 7 days beside the 7 days before.", "quality-sources"),
        _chart(),
        _section("Rules that refuse most", "In the span of the chart.", "quality-rules"),
        html.Section(id="quality-sign-offs", className="card"),
        dcc.Store(id="quality-source", data=source),
        dcc.Store(id="quality-ink"),
        dcc.Store(id="quality-shown"),
    ]
    return frame.page("quality", "Quality", [html.Div(body, id="quality-body", hidden=True)])


def _section(title: str, told: str, place: str) -> html.Section:
    head = [html.H2(title), html.P(told, className="legend")]
    return html.Section([*head, html.Div(id=place)], className="card")


def _chart() -> html.Section:
    graph = dcc.Graph(id="quality-chart", config={"displayModeBar": False}, responsive=True)
    table = [dmc.AccordionControl("View as table"), dmc.AccordionPanel(_table())]
    return html.Section(
        [
            html.H2("Checks passed over time"),
            html.Div(
                [_choice("by", queries.CUTS), _choice("span", queries.SPANS)], className="choices"
            ),
            html.P(LEGEND, className="legend"),
            html.Div(graph, id="quality-chart-box"),
            dmc.Accordion(dmc.AccordionItem(table, value="table")),
        ],
        className="card",
    )


def _choice(name: str, choices) -> dmc.SegmentedControl:
    data = [{"value": choice, "label": words.sentence(choice)} for choice in choices]
    return dmc.SegmentedControl(
        id=f"quality-{name}", data=data, value=data[0]["value"], size="xs", **{"aria-label": name}
    )


def _table() -> dag.AgGrid:
    """The chart's twin."""
    return dag.AgGrid(
        id="quality-table",
        columnDefs=[{"field": f, "headerName": head} | kind for f, head, kind in COLUMNS],
        defaultColDef={"flex": 1, "wrapHeaderText": True, "suppressMovable": True},
        dashGridOptions={"rowHeight": 32, "headerHeight": 48, "ensureDomOrder": True},
        className="plain-grid",
    )


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """One callback asks the server; one says which theme the chart is for."""

    @app.callback(
        *components.frame_outputs("quality"),
        *(Output(*place) for place in BODY),
        Input("quality-tick", "n_intervals"),
        Input("quality-by", "value"),
        Input("quality-span", "value"),
        Input("quality-ink", "data"),
        State("quality-source", "data"),
        State("quality-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, by, span, theme: str | None, source: str | None, shown_before: str | None):
        return update(feed, clock(), by, span, source, theme or "light", shown_before)

    app.clientside_callback(
        ClientsideFunction("watch", "theme"),
        Output("quality-ink", "data"),
        Input("quality-tick", "n_intervals"),
        Input("quality-theme", "computedColorScheme"),
        State("quality-ink", "data"),
    )


def update(
    feed: Feed, now: datetime, by: str, span: str, source: str | None, theme: str, shown_before
) -> list:
    """The page's outputs at `now`; the body once a minute, or when something else is asked."""
    outside = frame.framed(feed, now)
    if told := _nothing(feed, source):
        return [*outside, "Quality", told, True, *[no_update] * (len(BODY) - 4), ""]
    key = f"{now:%H:%M} {by} {span} {source} {theme}"
    if key == shown_before:
        return [*outside, *[no_update] * len(BODY)]
    rates = feed.ask(queries.pass_rates, by, span, source)
    return [
        *outside,
        _title(source),
        None,
        False,
        findings.listed(feed.ask(trends.findings, source), feed.ask(trends.built), now),
        cards.sources(_of(feed.ask(queries.sources), source), now),
        figures.pass_rates(rates, theme),
        {"height": figures.height(len(figures.shown(rates)))},
        table_rows(rates),
        cards.rules(feed.ask(queries.failing_rules, span, source), now, source),
        findings.sign_offs(feed.ask(trends.sign_offs)),
        key,
    ]


def _nothing(feed: Feed, source: str | None) -> html.Div | None:
    """Why there is nothing to show, in words."""
    if told := frame.nothing_yet(feed):
        return told
    if source and source not in feed.ask(queries.known_sources):
        return components.statement(
            "This source is not known here.",
            "The address may be old or mistyped, or nothing has arrived from it yet.",
            dcc.Link("All sources", href="/quality"),
        )
    return None


def _of(known: pd.DataFrame, source: str | None) -> pd.DataFrame:
    return known[known["source"] == source] if source else known


def _title(source: str | None):
    if source is None:
        return "Quality"
    return [dcc.Link("Quality", href="/quality"), f" / {source}"]


def table_rows(rates: pd.DataFrame) -> list[dict]:
    """The points of the chart as text, the newest first."""
    newest_first = rates.sort_values(["time", "name"], ascending=[False, True])
    return [
        {
            "name": row.name,
            "time": f"{row.time:%Y-%m-%d %H:%M}",
            "passed": terms.share(row.passed),
            "failed": terms.count(row.failed),
            "checked": terms.count(row.checked),
            "usual": _usual(row),
            "note": "below" if row.is_below else "",
        }
        for row in newest_first.itertuples(index=False)
    ]


def _usual(row) -> str:
    if pd.isna(row.low):
        return words.MISSING
    return f"{terms.share(row.low)} to {terms.share(row.high)}"
