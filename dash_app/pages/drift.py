"""Drift: where values lie differently from a source's own reference days, and since which batch."""

from collections.abc import Callable
from datetime import datetime

import dash_mantine_components as dmc
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from dash_app import components, words
from dash_app.feed import Feed
from dash_app.quality import days, frame, tables, terms, trends
from warehouse import vocabulary

LEGEND = (
    "PSI: population stability index, from {psi} on a major shift. KS: the largest distance "
    "between the two distributions, 0 to 1. Both are of patients' medians of a day; drifted is "
    "what lies beyond both limits, for few patients make a large PSI by chance. Ratio: median of "
    "the recent days over that of the reference days."
)

NUMBER = {"type": "rightAligned", "width": 104}

COLUMNS = (
    ("state", "State", {"width": 112}),
    ("source", "Source", {"flex": 1, "minWidth": 120}),
    ("concept", "Sign or value", {"flex": 1, "minWidth": 144}),
    ("group", "In", {"flex": 1, "minWidth": 144}),
    ("psi", "PSI", NUMBER),
    ("ks", "KS", NUMBER),
    ("ratio", "Ratio", NUMBER),
    ("n", "Patient-days", {"type": "rightAligned", "width": 152}),
    ("batch_no", "First bad batch", {"width": 112, "cellRenderer": "BatchLink"}),
)

GROUPS = {"source": "all of it", "ward": "ward {}", "firmware": "firmware {}"}

BODY = (
    ("drift-statement", "children"),
    ("drift-body", "hidden"),
    ("drift-made", "children"),
    ("drift-grid", "rowData"),
    ("drift-choice", "data"),
    ("drift-choice", "value"),
    ("drift-chart", "figure"),
    ("drift-table", "rowData"),
    ("drift-shown", "data"),
)


def layout(source: str | None = None, concept: str | None = None, **_) -> html.Div:
    """The page without data; source and sign to show day by day from the address."""
    is_known = source and concept in vocabulary.concepts().index
    chosen = _choice(source, concept) if is_known else None
    body = [
        html.Section(
            [
                html.H2("Held against the reference days"),
                html.P(id="drift-made", className="legend"),
                html.P(LEGEND.format(psi=_limit("psi")), className="legend"),
                tables.grid("drift-grid", COLUMNS, 20),
            ],
            className="card",
        ),
        _chart(chosen),
        dcc.Store(id="drift-ink"),
        dcc.Store(id="drift-shown"),
    ]
    return frame.page("drift", "Drift", [html.Div(body, id="drift-body", hidden=True)])


def _limit(name: str) -> str:
    return vocabulary.table("quality_limits").set_index("name").loc[name, "value"]


def _choice(source: str, concept: str) -> str:
    return f"{source} · {words.concept(concept)}"


def _chart(chosen: str | None) -> html.Section:
    """The days of one source and sign."""
    choice = dmc.Select(
        id="drift-choice",
        label="Source and sign",
        data=[chosen] if chosen else [],
        value=chosen,
        allowDeselect=False,
        searchable=True,
        w=320,
    )
    graph = dcc.Graph(id="drift-chart", config={"displayModeBar": False}, responsive=True)
    table = [
        dmc.AccordionControl("View as table"),
        dmc.AccordionPanel(tables.grid("drift-table", days.COLUMNS, 10)),
    ]
    return html.Section(
        [
            html.H2("Day by day"),
            html.Div(choice, className="filters"),
            html.P(days.LEGEND, className="legend"),
            html.Div(graph, className="chart-daily"),
            dmc.Accordion(dmc.AccordionItem(table, value="table")),
        ],
        className="card",
    )


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """One callback asks the server; one says which theme the chart is for."""

    @app.callback(
        *components.frame_outputs("drift"),
        *(Output(*place) for place in BODY),
        Input("drift-tick", "n_intervals"),
        Input("drift-choice", "value"),
        Input("drift-ink", "data"),
        State("drift-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, choice: str | None, theme: str | None, shown_before: str | None):
        return update(feed, clock(), choice, theme or "light", shown_before)

    app.clientside_callback(
        ClientsideFunction("watch", "theme"),
        Output("drift-ink", "data"),
        Input("drift-tick", "n_intervals"),
        Input("drift-theme", "computedColorScheme"),
        State("drift-ink", "data"),
    )


def update(feed: Feed, now: datetime, choice: str | None, theme: str, shown_before) -> list:
    """The page's outputs at `now`; the body once a minute, or when something else is asked."""
    outside, built = frame.framed(feed, now), feed.ask(trends.built)
    if told := frame.nothing_yet(feed) or frame.no_trends(built):
        return [*outside, told, True, *[no_update] * (len(BODY) - 3), ""]
    if _key(choice, theme, built, now) == shown_before:
        return [*outside, *[no_update] * len(BODY)]
    found = feed.ask(trends.drift)
    choices = _choices(found)
    choice = choice if choice in choices else next(iter(choices), None)
    source, concept = choices.get(choice, ("", ""))
    measured = feed.ask(trends.daily, source, concept)
    return [
        *outside,
        None,
        False,
        _made(found, built, now),
        rows(found),
        list(choices),
        choice,
        days.figure(measured, concept, theme),
        days.rows(measured, concept),
        _key(choice, theme, built, now),
    ]


def _key(choice: str | None, theme: str, built: datetime, now: datetime) -> str:
    return f"{now:%H:%M} {choice} {theme} {built}"


def _made(found: pd.DataFrame, built: datetime, now: datetime) -> str:
    """When, and which days were held against which."""
    if found.empty:
        return f"{frame.made(built, now)} There are not enough days yet."
    first = found.iloc[0]
    spans = [
        f"{words.day(first[f'{name}_from'])} to {words.day(first[f'{name}_to'])}"
        for name in ("recent", "reference")
    ]
    return f"{frame.made(built, now)} {spans[0]} held against {spans[1]}."


def _choices(found: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """What is shown -> (source, concept), drifted ones first."""
    pairs = zip(found["source"], found["concept"], strict=True)
    return {_choice(source, concept): (source, concept) for source, concept in pairs}


def rows(found: pd.DataFrame) -> list[dict]:
    """One dict per source, sign and group."""
    return [
        {
            "state": "◆ drifted" if row.is_drift else "as before",
            "source": row.source,
            "concept": words.concept(row.concept),
            "group": GROUPS[row.grouped_by].format(row.name),
            "psi": f"{row.psi:.2f}",
            "ks": f"{row.ks:.2f}",
            "ratio": f"{row.ratio:.2f}",
            "n": f"{terms.count(row.n)} / {terms.count(row.reference_n)}",
            "batch_no": None if pd.isna(row.first_batch_no) else int(row.first_batch_no),
        }
        for row in found.itertuples(index=False)
    ]
