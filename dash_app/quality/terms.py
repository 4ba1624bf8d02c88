"""Counts, shares, rules and cadences as the Quality pages write them."""

from datetime import datetime, timedelta
from functools import cache

import pandas as pd

from dash_app import words
from warehouse import vocabulary

OUTSIDE_THE_RULES = {
    "row_readable": "the line is no row of this kind of file",
    "decision_applies": "the line is no decision, or what it is about is not there",
}
"""What is refused before any rule of rules.csv can be applied."""

LATE, SILENT = 1.5, 3
"""*Ours*: so many times its cadence a source may be quiet before it is called late, or silent."""


def count(number: float) -> str:
    """A whole number of rows with its thousands apart.

    >>> count(1234567), count(0)
    ('1,234,567', '0')
    """
    return f"{int(number):,}"


def share(part: float | None) -> str:
    """A share of rows or checks in percent; never rounded to all or to nothing.

    >>> share(0.99937), share(1.0), share(0.999999), share(0.0), share(0.000001), share(None)
    ('99.94 %', '100 %', 'over 99.99 %', '0 %', 'under 0.01 %', '—')
    """
    if part is None or pd.isna(part):
        return words.MISSING
    if part in (0, 1):
        return f"{100 * part:.0f} %"
    if part < 0.0001:
        return "under 0.01 %"
    return "over 99.99 %" if part > 0.9999 else f"{100 * part:.2f} %"


def of(part: float, whole: float) -> float | None:
    """The share that `part` is of `whole`; None of nothing."""
    return part / whole if whole else None


@cache
def meaning(table: str, rule: str) -> str:
    """When a rule refuses a row, in the words of rules.csv."""
    rules = vocabulary.table("rules")
    found = rules.loc[(rules["into_table"] == table) & (rules["rule"] == rule), "meaning"]
    return found.iloc[0] if len(found) else OUTSIDE_THE_RULES.get(rule, "")


@cache
def may_overrule(table: str, rule: str) -> bool:
    """Whether a person who releases a row may overrule this rule."""
    rules = vocabulary.table("rules")
    found = rules[(rules["into_table"] == table) & (rules["rule"] == rule)]
    return (found["may_overrule"] == "yes").any()


def rule(name: str) -> str:
    """A rule's name as words: `value not too high`."""
    return name.replace("_", " ")


def cadence(minutes: float) -> str:
    """`every 30 min`, as promised or as usual."""
    return f"every {words.age(timedelta(minutes=float(minutes)))}"


def freshness(source, now: datetime) -> tuple[str, str]:
    """How a source keeps its cadence, as (level, words); a row of sql/source_cards.sql.

    The cadence is the one promised, else the usual gap between its batches.
    """
    if not source.is_live:
        return "unknown", "historical: nothing more is expected"
    promised = pd.notna(source.cadence_minutes)
    minutes = source.cadence_minutes if promised else source.usual_minutes
    if pd.isna(minutes):
        return "unknown", "no cadence known yet"
    told = f"{'promised' if promised else 'usually'} {cadence(minutes)}"
    quiet = (now - source.last_landed) / timedelta(minutes=float(minutes))
    if quiet > SILENT:
        return "emergency", f"silent: {told}"
    return ("watch", f"late: {told}") if quiet > LATE else ("routine", f"on time: {told}")
