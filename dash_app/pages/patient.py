"""Patient: how bad, why, and the last 48 hours."""

from collections.abc import Callable
from datetime import datetime, timedelta

import dash_ag_grid as dag
import dash_mantine_components as dmc
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from dash_app import (
    banners,
    board,
    cards,
    components,
    current,
    devices,
    figures,
    queries,
    unusual,
    words,
)
from dash_app.feed import Feed

LEGEND = (
    "● charted · fine line or dots: device · ○ lower bound, not all signs known · ▲▼ beyond the "
    "row's range. A line joins points that are no further apart than usual. Shading: NEWS2 points "
    "1, 2, 3 of the sign, or the level of the score; the figures on the left are its edges."
)

BODY = (
    ("patient-head", "children"),
    ("patient-body", "hidden"),
    ("patient-sheet", "className"),
    ("patient-scores", "children"),
    ("patient-unusual", "children"),
    ("patient-chart", "figure"),
    ("patient-table", "rowData"),
    ("patient-alerts", "children"),
    ("patient-foot", "children"),
    ("patient-shown", "data"),
)
"""What `update` fills besides the frame, in its order."""


def layout(patient_id: str | None = None, **_) -> html.Div:
    """The page without data."""
    head = html.Div(id="patient-head", className="patient-head")
    scores = html.Div(id="patient-scores", className="cards")
    quiet = html.Div(id="patient-unusual")
    alerts = html.Section(id="patient-alerts", className="card")
    body = html.Div([scores, quiet, _chart(), alerts], id="patient-body")
    return components.page(
        "patient",
        [
            html.Div([head, body], id="patient-sheet", className="waiting"),
            html.Div(id="patient-foot"),
            dcc.Store(id="patient-id", data=patient_id),
            dcc.Store(id="patient-ink"),
            dcc.Store(id="patient-shown"),
        ],
    )


def _chart() -> html.Section:
    graph = dcc.Graph(id="patient-chart", config={"displayModeBar": False}, responsive=True)
    table = [dmc.AccordionControl("View as table"), dmc.AccordionPanel(_table())]
    return html.Section(
        [
            html.H2("Signs, last 48 hours"),
            html.P(LEGEND, className="legend"),
            html.Div(graph, className="chart"),
            dmc.Accordion(dmc.AccordionItem(table, value="table")),
        ],
        className="card",
    )


def _table() -> dag.AgGrid:
    """The chart's twin: one row per minute and origin."""
    columns = [{"field": "time", "headerName": "Time, UTC (+00:00)", "minWidth": 152}]
    columns += [{"field": "origin", "headerName": "From"}]
    for sign in words.signs():
        kind = {"type": "rightAligned"} if words.unit(sign) else {}
        name = f"{words.concept(sign)} {words.unit(sign)}".strip()
        columns.append({"field": sign, "headerName": name} | kind)
    return dag.AgGrid(
        id="patient-table",
        columnDefs=columns,
        defaultColDef={"flex": 1, "wrapHeaderText": True, "suppressMovable": True},
        dashGridOptions={"rowHeight": 32, "headerHeight": 48, "ensureDomOrder": True},
        className="plain-grid",
    )


def register(app: Dash, feed: Feed, clock: Callable[[], datetime]) -> None:
    """One callback asks the server, every two seconds; one says which theme the chart is for."""

    @app.callback(
        *components.frame_outputs("patient"),
        *(Output(*place) for place in BODY),
        Input("patient-tick", "n_intervals"),
        Input("patient-ink", "data"),
        State("patient-id", "data"),
        State("patient-shown", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def show(_, theme: str | None, address: str, shown_before: str | None):
        return update(feed, clock(), address, theme or "light", shown_before)

    app.clientside_callback(
        ClientsideFunction("watch", "theme"),
        Output("patient-ink", "data"),
        Input("patient-tick", "n_intervals"),
        Input("patient-theme", "computedColorScheme"),
        State("patient-ink", "data"),
    )


def update(feed: Feed, now: datetime, address: str, theme: str, shown_before: str | None) -> list:
    """The page's outputs at `now`; the body only when snapshot, minute or theme is another."""
    snapshot = feed.snapshot()
    found = feed.ask(queries.patient, int(address)) if _is_number(address) else None
    if found is None or found.patient.empty:
        return _unknown(feed, now)
    shown = current.as_seen(found.patient, now)
    patient = next(shown.itertuples())
    ward = board.seen(feed.ask(queries.ward), now, words.text(patient.ward))
    newest, limit = banners.newest_live(ward), timedelta(minutes=feed.settings.stale_minutes)
    said = banners.of_age(newest, now, limit) + banners.of(shown, _last_risk(found), now)
    frame = components.framed(found.is_synthetic, components.as_of(newest, now, limit), said, now)
    key = f"{snapshot} {now:%H:%M} {theme}"
    if key == shown_before:
        return [*frame, *[no_update] * len(BODY)]
    return [
        *frame,
        [*cards.head(patient), *cards.profile(found.limits, patient.at)],
        False,
        "greyed" if banners.is_red(said) else "",
        [cards.news2(patient), cards.risk(patient, _rank(ward, patient))],
        [
            *devices.doubts(found.device_faults, patient.at),
            *unusual.card(found.unusual, patient.at),
        ],
        figures.signs(found, patient, theme),
        table_rows(found.signs),
        cards.alerts(found.alerts, found.changes, patient.at),
        components.footer(f"Patient {patient.patient_id}"),
        key,
    ]


def _is_number(address: str | None) -> bool:
    """Whether it can be one of our ids: a number of 63 bits."""
    return bool(address) and address.isdecimal() and int(address) < 2**63


def _last_risk(found: queries.Patient) -> pd.Timestamp:
    return found.scores.loc[found.scores["score"] == "risk", "time"].max()


def _unknown(feed: Feed, now: datetime) -> list:
    told = components.statement(
        "This patient is not known here.",
        "The address may be old or mistyped, or nothing about the patient has arrived yet.",
        dcc.Link("To the ward", href="/"),
    )
    frame = components.framed(bool(feed.ask(queries.is_synthetic)), [], [], now)
    return [*frame, told, True, "", *[no_update] * (len(BODY) - 4), ""]


def _rank(ward: pd.DataFrame, patient) -> str:
    """`higher than 11 of the 12 others on Ward 4B`, where there are others to compare with."""
    others = ward.loc[ward["patient_id"] != patient.patient_id, "risk"].dropna()
    if pd.isna(patient.ward) or others.empty:
        return ""
    below = (others < patient.risk).sum()
    return f"higher than {below} of the {len(others)} others on {patient.ward}"


def table_rows(signs: pd.DataFrame) -> list[dict]:
    """The measurements as text, one row per minute and origin, the newest first."""
    said = signs.assign(
        text=[_cell(row.concept, row.value) for row in signs.itertuples()],
        minute=signs["time"].dt.strftime("%Y-%m-%d %H:%M"),
        origin=signs["is_device"].map({True: "device", False: "charted"}),
    )
    wide = said.pivot_table("text", ["minute", "origin"], "concept", "last")
    wide = wide.sort_index(ascending=False).reset_index(names=["time", "origin"])
    return wide.astype(object).where(wide.notna(), None).to_dict("records")


def _cell(sign: str, value: float) -> str:
    return words.coded(sign, value) or words.number(sign, value)
