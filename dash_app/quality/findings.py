"""What a person should look at, in one sentence each; and what people have signed off."""

import json
from datetime import datetime

import pandas as pd
from dash import dcc, html

from dash_app import components, words
from dash_app.quality import frame, tables
from warehouse import vocabulary

DRIFTING = ("unit_switch", "firmware_bias", "drift")
"""Kinds of finding that the days of a sign show."""

CODES = ("code_renamed", "unmapped", "missing_charting")

BEFORE_IT = ("silent_source", "freshness")
"""Kinds of finding whose batch is the last one that came."""

SIGN_OFFS = (
    ("Month", ""),
    ("Decision", ""),
    ("Who", ""),
    ("When", ""),
    ("What they saw", ""),
    ("Today", ""),
)


def listed(found: pd.DataFrame, built: datetime | None, now: datetime) -> list:
    """Open findings, the newest first; closed ones folded away."""
    is_open = found["state"] == "open"
    parts = [
        html.H2(_title(int(is_open.sum()), built)),
        html.P(frame.made(built, now), className="legend"),
    ]
    if is_open.any():
        parts.append(_list(found[is_open]))
    if (~is_open).any():
        summary = html.Summary(_closed(found[~is_open]))
        parts.append(html.Details([summary, _list(found[~is_open])]))
    return parts


def _title(count: int, built: datetime | None) -> str:
    if built is None:
        return "Findings"
    return f"{count} open finding{'s' * (count != 1)}" if count else "No open finding"


def _closed(found: pd.DataFrame) -> str:
    """`3 closed: Source silent, 2 x Unusual volume`."""
    titles = found["kind"].map(vocabulary.table("finding_kinds").set_index("kind")["title"])
    named = [
        f"{count} x {title}" if count > 1 else title
        for title, count in titles.value_counts().items()
    ]
    return f"{len(found)} closed: {', '.join(sorted(named))}"


def _list(found: pd.DataFrame) -> html.Ul:
    return html.Ul([_finding(row) for row in found.itertuples()], className="findings")


def _finding(row) -> html.Li:
    kind = vocabulary.table("finding_kinds").set_index("kind").loc[row.kind]
    said = html.Div([html.Strong(f"{kind['title']}: "), row.words])
    level = "urgent" if row.state == "open" else "routine"
    about = html.Div([*_about(row), html.Span(f"To do: {kind['do']}.")], className="second parts")
    return html.Li([components.shape(level), html.Div([said, about])])


def _about(row) -> list:
    """Source, since when, first bad batch, until when: what there is of them."""
    parts = []
    if isinstance(row.source, str):
        parts.append(dcc.Link(row.source, href=f"/quality/{row.source}"))
    ended = "" if pd.isna(row.ended) else f" until {words.moment(row.ended)}"
    parts.append(html.Span(f"since {words.moment(row.began)}{ended}"))
    if pd.notna(row.first_batch_no):
        name = "last batch before it" if row.kind in BEFORE_IT else "first bad batch"
        link = dcc.Link(str(row.first_batch_no), href=f"/quality/batch/{row.first_batch_no}")
        parts.append(html.Span([f"{name} ", link]))
    return [*parts, *_evidence(row)]


def _evidence(row) -> list[dcc.Link]:
    """Where else it can be seen."""
    if row.kind in DRIFTING and isinstance(row.concept, str) and isinstance(row.source, str):
        href = frame.address("/quality/drift", source=row.source, concept=row.concept)
        return [dcc.Link("day by day", href=href)]
    return [dcc.Link("codes and charting", href="/quality/coverage")] if row.kind in CODES else []


def sign_offs(found: pd.DataFrame) -> list:
    """Who signed which month's report, when, and the counts that stood before them."""
    if found.empty:
        return [html.H2("Sign-offs"), html.P("No monthly report has been signed off yet.")]
    rows = [
        [row.period, row.decision, row.who, words.moment(row.time), _saw(row), _stands(row)]
        for row in found.itertuples()
    ]
    return [html.H2("Sign-offs"), tables.table(SIGN_OFFS, rows)]


def _stands(row) -> str | html.Strong:
    """Whether what they saw is still what there is."""
    if pd.isna(row.is_void):
        return "not held against the data yet"
    return html.Strong("✕ void: the month's data have changed") if row.is_void else "stands"


def _saw(row) -> list:
    """`batches 3,000 · read 1,000,000`, and the beginning of the hash of what they saw."""
    counts = [
        f"{name.replace('_', ' ')} {_told(value)}" for name, value in json.loads(row.saw).items()
    ]
    digest = html.Div(f"data {row.data_hash[:12]}…", className="second")
    return [html.Div(" · ".join(counts)), digest]


def _told(value) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
