"""Refused rows as the grid takes them, and the rules to choose among."""

import pandas as pd

from dash_app.feed import Feed
from dash_app.quality import decide, queries, terms
from dash_app.quality.queries import Filter
from warehouse import decisions


def rules(found: pd.DataFrame, chosen: str | None) -> list[dict]:
    """What can be chosen among: each rule with its count, and the one that is chosen."""
    counts = dict(zip(found["rule"], found["rows"], strict=True))
    if chosen:
        counts.setdefault(chosen, 0)
    return [
        {"value": rule, "label": f"{terms.rule(rule)} ({terms.count(rows)})"}
        for rule, rows in counts.items()
    ]


def page_of_rows(feed: Feed, chosen: Filter, asked: dict) -> dict:
    """The rows that the grid asks for, with the decisions that wait for them."""
    start, size = asked["startRow"], asked["endRow"] - asked["startRow"]
    found = feed.ask(queries.refused, chosen, start, size)
    if found is None:
        return {"rowData": [], "rowCount": 0}
    waiting = {
        (line["batch_id"], line["line"], line["part"]): decide.ACTIONS[line["action"]][0]
        for line in decisions.pending(feed.settings, "quarantine")
    }
    shown = [_row(row, waiting) for row in found.itertuples()]
    return {"rowData": shown, "rowCount": feed.ask(queries.refused_count, chosen)}


def _row(row, waiting: dict[tuple, str]) -> dict:
    """One refused row as the grid takes it: places and reasons, never what it holds."""
    place = (row.batch_id, row.line, row.part)
    return {
        "id": f"{row.batch_no}-{row.line}-{row.part}",
        **{name: getattr(row, name) for name in ("batch_no", "batch_id", "source", "kind")},
        **{name: getattr(row, name) for name in ("into_table", "line", "part")},
        "why": "; ".join(_why(row.into_table, rule) for rule in row.rules.split(",")),
        "first_seen": f"{row.first_seen:%Y-%m-%d %H:%M}",
        "decision": waiting.get(place, ""),
    }


def _why(table: str, rule: str) -> str:
    may = " (may be overruled)" if terms.may_overrule(table, rule) else ""
    return f"{terms.rule(rule)}: {terms.meaning(table, rule)}{may}"
