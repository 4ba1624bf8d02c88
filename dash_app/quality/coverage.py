"""Pieces of the page on codes and charting: unmapped codes, how often wards measure, the funnel."""

from datetime import datetime

import pandas as pd
from dash import dcc, html

from dash_app import words
from dash_app.quality import tables, terms
from warehouse.keys import VEILED

UNMAPPED = (
    ("Source", ""),
    ("Code", ""),
    ("Unit", ""),
    ("Rows", "number"),
    ("Patients", "number"),
    ("First seen, UTC", ""),
    ("Last seen, UTC", ""),
    ("First batch", ""),
)

MOST_CODES = 50

FELL = 0.5
"""*Ours*: marked where values per patient and day fell below this part of the week before."""

FEW = "fewer than 5"


def unmapped(found: pd.DataFrame, now: datetime) -> list:
    """Codes and units that nobody has mapped, the most rows first."""
    if found.empty:
        return [html.H2("Codes not mapped"), html.P("Every code that came is mapped.")]
    rows = [_unmapped(row, now) for row in found.head(MOST_CODES).itertuples()]
    number = found["codes"].sum()
    title = f"{terms.count(number)} codes not mapped"
    told = (
        f"Those with the most rows, {MOST_CODES} at most. Add what is wanted to source_codes.csv."
    )
    return [html.H2(title), html.P(told, className="legend"), tables.table(UNMAPPED, rows)]


def _unmapped(row, now: datetime) -> list:
    batch = dcc.Link(str(row.first_batch_no), href=f"/quality/batch/{row.first_batch_no}")
    return [
        dcc.Link(row.source, href=f"/quality/{row.source}"),
        _as_sent(row.code),
        _as_sent(row.unit),
        terms.count(row.n),
        FEW if pd.isna(row.patients) else terms.count(row.patients),
        words.time_of_day(row.first_seen, now),
        words.time_of_day(row.last_seen, now),
        batch,
    ]


def _as_sent(text) -> str:
    """A code or unit as it stands; other text may name a patient and is not shown."""
    if pd.isna(text):
        return words.MISSING
    return "(text, not shown)" if text.startswith(VEILED) else text


def charting(found: pd.DataFrame) -> list[dict]:
    """How often each ward measures what; where it fell by half comes first."""
    if found.empty:
        return []
    fell = found["per_patient_day_now"].fillna(0) < FELL * found["per_patient_day_before"]
    order = found.assign(fell=fell).sort_values(
        ["fell", "ward", "concept"], ascending=[False, True, True]
    )
    return [_charting(row) for row in order.itertuples()]


def _charting(row) -> dict:
    return {
        "ward": row.ward,
        "concept": words.concept(row.concept),
        "missing": terms.share(row.missing_share_now),
        "missing_before": terms.share(row.missing_share_before),
        "often": _often(row.per_patient_day_now),
        "often_before": _often(row.per_patient_day_before),
        "note": "▼ fell by half" if row.fell else "",
    }


def _often(value: float) -> str:
    return words.MISSING if pd.isna(value) else f"{value:,.1f}"


def funnel(found: pd.DataFrame) -> list:
    """How many of the rows that landed reached the twins, source by source."""
    if found.empty:
        return [html.H2("From landed to used"), html.P("Nothing has landed yet.")]
    sources = [html.Div([html.H3(row.source), *_steps(row)]) for row in found.itertuples()]
    return [html.H2("From landed to used, all days"), *sources]


def _steps(row) -> list:
    """Each step as a bar: its share of the rows read."""
    steps = {
        f"Read from {terms.count(row.files)} files": row.read,
        "Not refused": row.read - row.quarantined,
        "Kept (no duplicate)": row.accepted,
        "A sign that twins are made of": row.used,
    }
    bars = [_step(name, rows, row.read) for name, rows in steps.items()]
    return [*bars, html.P(_reached(row), className="legend")]


def _step(name: str, rows: int, read: int) -> html.Div:
    share = terms.of(rows, read) or 0
    bar = html.Div(
        className="bar-of", style={"width": f"{100 * share:.1f}%"}, **{"aria-hidden": "true"}
    )
    told = f"{terms.count(rows)} rows, {terms.share(terms.of(rows, read))}"
    return html.Div([html.Span(name), html.Div(bar), html.Span(told)], className="step")


def _reached(row) -> str:
    patients = [FEW if pd.isna(n) else terms.count(n) for n in (row.patients, row.twin_patients)]
    whole = f"{row.refused_files} file{'s' * (row.refused_files != 1)} refused whole."
    hours = (
        f"{terms.count(row.twin_hours)} patient-hours, {terms.count(row.labelled_hours)} labelled"
    )
    return f"{whole} {patients[0]} patients, {patients[1]} with a twin: {hours}."
