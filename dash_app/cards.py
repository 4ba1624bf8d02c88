"""The pieces of the Patient page: header, NEWS2 with its parts, risk with its reasons, alerts."""

from datetime import datetime

import pandas as pd
from dash import dcc, html

from dash_app import components, reasons, words

YOUNGEST_FOR_NEWS2 = 16
"""NEWS2 is for people of 16 and over who are not pregnant (RCP 2017)."""

OTHER_SCORES = {"MEWS": 5, "qSOFA": 3, "SIRS": 4, "SOFA": 6}
"""Score -> how many parts it has."""


def head(patient) -> list:
    """Level, bed, initials, age and sex, day of stay, SpO2 scale; a row of `current.as_seen`."""
    about = [
        patient.initials,
        words.age_and_sex(patient.age, patient.sex),
        words.stay(patient.start_time, patient.at),
        f"SpO2 scale {patient.news2_scale:.0f}" if pd.notna(patient.news2_scale) else "",
    ]
    bed = patient.bed if pd.notna(patient.bed) else "Patient"
    spans = [html.Span(part, className="about") for part in about if part]
    return [
        _way_back(patient.ward),
        html.H1([components.level(patient.level), bed, *spans]),
        html.P(_stay(patient)),
    ]


def _way_back(ward: str | None) -> dcc.Link:
    if pd.isna(ward):
        return dcc.Link("← Ward", href="/")
    return dcc.Link(f"← {ward}", href=f"/?ward={ward}")


def _stay(patient) -> str:
    if pd.isna(patient.start_time):
        return "No admission recorded."
    newest = f"Newest data {words.moment(patient.time)}." if pd.notna(patient.time) else ""
    admitted = f"{newest} Admitted {words.moment(patient.start_time)}."
    if pd.notna(patient.death_time):
        return f"{admitted} Died {words.moment(patient.death_time)}."
    if pd.notna(patient.end_time):
        return f"{admitted} Discharged {words.moment(patient.end_time)}."
    return admitted


def profile(limits: pd.DataFrame, at: datetime) -> list[html.P]:
    """One line of what is set for this patient alone at `at`: by whom, why and until when."""
    in_force = limits[(limits["arrived"] <= at) & (at < limits["until"])]
    told = [_set(row) for row in in_force.itertuples()]
    return [html.P(f"Set for this patient: {'. '.join(told)}.")] if told else []


def _set(row) -> str:
    what = f"alert for {words.limit(row.concept, row.low, row.high)}"
    if row.concept == "spo2_scale":
        what = "SpO2 scale 2"
    return f"{what} until {words.moment(row.until)} ({row.who}: {row.why})"


def news2(patient) -> html.Section:
    """The total and its seven parts: value, points, age; what is missing is said."""
    heads = [("Sign", ""), ("Value", ""), ("Points", "number"), ("Age", "number")]
    header = html.Tr([html.Th(text, className=kind) for text, kind in heads])
    rows = [_part(part) for part in reasons.news2_parts(patient)]
    table = html.Table([html.Thead(header), html.Tbody(rows)])
    others = f"Other scores, as of the newest data: {', '.join(_others(patient))}."
    return html.Section(
        [html.H2("NEWS2"), _total(patient), table, html.P(others, className="legend")],
        className="card",
    )


def _others(patient) -> list[str]:
    """Each other score of the twin; one of which parts are unknown is a lower bound."""
    return [_other(name, parts, patient._asdict()) for name, parts in OTHER_SCORES.items()]


def _other(name: str, parts: int, twin: dict) -> str:
    total, known = twin[f"{name.lower()}_total"], twin[f"{name.lower()}_known"]
    if pd.isna(total):
        return f"{name} unknown"
    if known == parts:
        return f"{name} {total:.0f}"
    return f"{name} ≥ {total:.0f} ({known:.0f} of {parts} parts known)"


def _total(patient) -> html.P:
    if pd.isna(patient.news2_total):
        return _big(words.MISSING, "unknown", "no sign is recent enough")
    total, known = int(patient.news2_total), int(patient.news2_known)
    is_complete = known == len(words.signs())
    about = "all seven signs known" if is_complete else f"a lower bound: {known} of 7 signs known"
    if patient.age < YOUNGEST_FOR_NEWS2:
        about += " · NEWS2 is not meant for people under 16"
    return _big(str(total) if is_complete else f"≥ {total}", patient.news2_level, about)


def _big(figure: str, level: str, about: str) -> html.P:
    return html.P(
        [html.Span(figure, className="big"), components.level(level), about], className="headline"
    )


def _part(part: dict) -> html.Tr:
    points = words.MISSING if part["points"] is None else str(part["points"])
    return html.Tr(
        [
            html.Th(words.concept(part["sign"]), scope="row"),
            html.Td(_part_value(part)),
            html.Td(html.Span(points, className=f"points points-{points}"), className="number"),
            html.Td(part["age"], className="number"),
        ]
    )


def _part_value(part: dict) -> str | html.Span:
    if part["points"] is None:
        return html.Span(f"{words.MISSING} {part['note']}", className="missing")
    if part["concept"] == part["sign"]:
        return words.quantity(part["concept"], part["value"])
    return words.said(part["concept"], part["value"])


def risk(patient, rank: str) -> html.Section:
    """The risk, how it ranks, what it is associated with; in words if there is none."""
    title = html.H2("Risk of deterioration within 24 h")
    if pd.isna(patient.risk):
        told = _big(words.MISSING, "unknown", _why_no_risk(patient))
        return html.Section([title, told], className="card")
    up, down = reasons.risk_parts(patient.risk_reasons, patient.at)
    return html.Section(
        [
            title,
            _big(words.percent(patient.risk), patient.risk_level, rank),
            *_listed("Associated with a higher risk", up),
            *_listed("Associated with a lower risk", down),
            html.P(f"Model {patient.model_id}", className="legend"),
        ],
        className="card",
    )


def _why_no_risk(patient) -> str:
    if patient.is_critical:
        return "None is predicted in critical care: what it would foretell has come."
    return "No risk for the newest data. NEWS2 only."


def _listed(title: str, told: list[str]) -> list:
    return [html.H3(title), html.Ul([html.Li(line) for line in told])] if told else []


def alerts(found: pd.DataFrame, changes: pd.DataFrame, at: datetime) -> list:
    """Every alert of the patient, the newest first, and its course."""
    if found.empty:
        return [html.H2("Alerts"), html.P("No alert so far.")]
    heads = ("Opened", "For", "Highest level", "Now", "Reasons at the last rise", "Course")
    rows = [
        html.Tr([html.Td(cell) for cell in _alert(alert, changes, at)])
        for alert in found.itertuples()
    ]
    header = html.Thead(html.Tr([html.Th(head) for head in heads]))
    return [html.H2("Alerts"), html.Table([header, html.Tbody(rows)])]


def _alert(alert, changes: pd.DataFrame, at: datetime) -> list:
    if alert.state == "open":
        now = f"open {words.age(at - alert.opened)}"
    else:
        now = f"resolved after {words.age(alert.resolved - alert.opened)}"
    course = changes[changes["alert_id"] == alert.alert_id].iloc[::-1]
    told = [f"{row.change} {words.time_of_day(row.time, at)}" for row in course.itertuples()]
    return [
        words.moment(alert.opened),
        words.CAUSES[alert.cause],
        components.level(alert.level),
        now,
        reasons.of_alert(alert.reasons),
        ", ".join(told),
    ]
