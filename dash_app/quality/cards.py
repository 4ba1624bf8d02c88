"""The pieces of the Quality overview: how each source does, which rules refuse most."""

from datetime import datetime

import pandas as pd
from dash import dcc, html

from dash_app import components, words
from dash_app.quality import frame, tables, terms

NUMBER = "number"

SOURCES = (
    ("Source", ""),
    ("Last batch", ""),
    ("Rows read", NUMBER),
    ("Kept", NUMBER),
    ("Refused", NUMBER),
    ("Duplicate", NUMBER),
    ("Code not mapped", NUMBER),
    ("Checks passed", NUMBER),
)

RULES = (
    ("Rule", ""),
    ("A row is refused where", ""),
    ("Rows refused", NUMBER),
    ("Share of rows", NUMBER),
    ("Sources", NUMBER),
    ("First in this span, UTC", ""),
    ("Last", ""),
)

NOTABLE = 2.0
"""*Ours*: a share is marked when it is so many times that of the week before, and over 0.5 %."""

NOTABLE_FROM = 0.005


def sources(found: pd.DataFrame, now: datetime) -> html.Div:
    """One row per source, a week beside the week before; rows of sql/source_cards.sql."""
    rows = [_source(source, now) for source in found.itertuples()]
    return tables.table(SOURCES, rows, "Sources, the last 7 days beside the 7 days before")


def _source(source, now: datetime) -> list:
    level, told = terms.freshness(source, now)
    name = dcc.Link(source.source, href=f"/quality/{source.source}")
    when = html.Div(words.moment(source.last_landed), className="second")
    kept = html.Span([components.shape(level), told], className="shaped")
    return [
        _two(name, source.title),
        [html.Div(f"{words.age(now - source.last_landed)} ago"), when, kept],
        _two(terms.count(source.read_now), f"before {terms.count(source.read_before)}"),
        _two(terms.count(source.kept_now), _of(source, "kept", "")),
        _two(terms.count(source.refused_now), _of(source, "refused")),
        _two(terms.count(source.duplicate_now), _of(source, "duplicate")),
        _two(terms.count(source.unmapped_now), _of(source, "unmapped")),
        _two(terms.share(source.passed_now), f"before {terms.share(source.passed_before)}"),
    ]


def _of(source, name: str, mark: str = "▲ ") -> str | html.Span:
    """`3.1 %, before 0.4 %`: shares of the rows read, marked where they have grown."""
    now = terms.of(getattr(source, f"{name}_now"), source.read_now)
    before = terms.of(getattr(source, f"{name}_before"), source.read_before)
    told = f"{terms.share(now)}, before {terms.share(before)}"
    if mark and has_grown(now, before):
        return html.Span(f"{mark}{told}", className="grown")
    return told


def has_grown(now: float | None, before: float | None) -> bool:
    """Whether a share of a week is worth a look beside that of the week before."""
    if now is None or now < NOTABLE_FROM:
        return False
    return before is not None and now > NOTABLE * before


def _two(first, second) -> list:
    return [html.Div(first), html.Div(second, className="second")]


def rules(found: pd.DataFrame, now: datetime, source: str | None) -> html.Div | html.P:
    """The rules that refused rows, the most first, each with a way to its rows."""
    if found.empty:
        return html.P("No rule has refused a row in this span.")
    return tables.table(RULES, [_rule(row, now, source) for row in found.itertuples()])


def _rule(row, now: datetime, source: str | None) -> list:
    link = frame.refused_rows(terms.rule(row.rule), rule=row.rule, source=source)
    return [
        _two(link, f"{row.into_table} · {row.dimension}"),
        terms.meaning(row.into_table, row.rule),
        _two(terms.count(row.failed), f"of {terms.count(row.checked)}"),
        terms.share(row.failed / row.checked),
        str(row.sources),
        words.time_of_day(row.first_seen, now),
        words.time_of_day(row.last_seen, now),
    ]
