"""What is unusual for a patient, in words: `twin.anomaly` told on the Patient page."""

import json
from datetime import datetime, timedelta

import pandas as pd
from dash import html

from dash_app import words
from warehouse import vocabulary

ABOUT = (
    "Against the patient's own last three days and the states of all patients. "
    "For information: no alert is raised from it."
)


def card(found: pd.DataFrame, at: datetime) -> list[html.Section]:
    """One quiet card where the patient is flagged, nothing otherwise; `found`: queries.Patient."""
    rows = list(found.itertuples())
    if not rows or at - rows[0].time >= shown_for():
        return []
    told = lines(rows[0].signs, rows[0].trends, rows[0].time, at)
    as_of = f"As of {words.moment(rows[0].time)}. {ABOUT}"
    listed = html.Ul([html.Li(line) for line in told])
    title = html.H2("Unusual for this patient")
    return [html.Section([title, listed, html.P(as_of, className="legend")], className="card")]


def shown_for() -> timedelta:
    """How old a finding may be."""
    limits = vocabulary.table("anomaly_limits").set_index("name")["value"]
    return timedelta(hours=float(limits["shown_hours"]))


def lines(signs: str, trends: str, time: datetime, at: datetime) -> list[str]:
    """One line per sign that made the flag: value, own usual, age, slopes and change of level."""
    by_sign = {trend["concept"]: trend for trend in json.loads(trends)}
    told = [
        " · ".join([*_value(sign, at), *_course(by_sign.get(sign["concept"]), time, at)])
        for sign in json.loads(signs)
    ]
    return told or ["The signs together, none more than another"]


def _value(sign: dict, at: datetime) -> list[str]:
    age = words.age(at - datetime.fromisoformat(sign["time"]))
    return [words.sentence(sign["words"]), age]


def _course(trend: dict | None, time: datetime, at: datetime) -> list[str]:
    if trend is None:
        return []
    told = [
        f"last {span.removesuffix('h')} h: {slope['words']}"
        for span, slope in trend["slopes"].items()
    ]
    if change := trend["change"]:
        since = words.time_of_day(time + timedelta(hours=change["hours"]), at)
        told.append(f"changed {change['words']} at {since}")
    return told
