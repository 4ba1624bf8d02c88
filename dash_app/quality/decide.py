"""A decision on refused rows: the form, what was typed into it, what waits to be applied."""

from datetime import datetime

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dash_app import words
from dash_app.feed import Feed
from dash_app.quality import queries, tables, terms
from dash_app.quality.queries import Filter
from warehouse import decisions
from warehouse.errors import DecisionIncomplete

ACTIONS = {
    "release": ("Release", "judge the rows again, overruling what a person may overrule"),
    "fix": ("Fix", "judge them again with the columns below changed"),
    "reject": ("Reject", "they stay refused, for good"),
}

SCOPES = [
    {"value": "selected", "label": "The selected rows"},
    {"value": "matching", "label": "All rows that match"},
]

BLUE = "#005EB8"

MOST_ROWS = 20_000
"""On so many rows one decision may be landed."""

PENDING = (("Decided", ""), ("By", ""), ("Decision", ""), ("Rows", "number"), ("Reason", ""))
APPLIED = (*PENDING[:4], ("What came of it", ""), ("Reason", ""))


def form() -> list:
    """The fields of a decision."""
    scope = dmc.SegmentedControl(
        id="refused-scope", data=SCOPES, value="selected", **{"aria-label": "On which rows"}
    )
    selected = html.Span(id="refused-selected", role="status", className="second")
    radios = [
        dmc.Radio(value=action, label=f"{title}: {told}", color=BLUE)
        for action, (title, told) in ACTIONS.items()
    ]
    changes = dmc.Textarea(
        id="refused-changes",
        label="Changes, one per line as column: new text (nothing after the colon empties it)",
        autosize=True,
        minRows=2,
    )
    signed = [
        dmc.TextInput(id="refused-by", label="Your name", w=240),
        dmc.TextInput(id="refused-reason", label="Reason", w=400),
        dmc.Button("Land the decision", id="refused-land", color=BLUE),
    ]
    return [
        html.Div([scope, selected], className="decide"),
        dmc.RadioGroup(dmc.Stack(radios, gap=8), id="refused-action", label="Decision"),
        html.Div([changes, html.P(id="refused-columns", className="legend")], id="refused-fix"),
        html.Div(signed, className="decide"),
    ]


def land(feed: Feed, chosen: Filter, typed: dict, at: datetime) -> int:
    """Land what was decided; on how many rows. `typed`: the form's fields by name.

    Raises `DecisionIncomplete`, in words for the page.
    """
    if typed["action"] not in ACTIONS:
        raise DecisionIncomplete("nothing is decided: choose release, fix or reject")
    changes = None
    if typed["action"] == "fix":
        changes = changes_of(typed["changes"] or "", feed.ask(queries.columns_of, chosen))
    rows = _rows(feed, chosen, typed)
    about = {"action": typed["action"], "changes": changes}
    decisions.land(
        feed.settings,
        "quarantine",
        [{name: row[name] for name in ("batch_id", "line", "part")} | about for row in rows],
        typed["by"] or "",
        typed["reason"] or "",
        at,
    )
    return len(rows)


def _rows(feed: Feed, chosen: Filter, typed: dict) -> list[dict]:
    """The rows that are selected, or all that match."""
    if typed["scope"] == "selected":
        return typed["selected"] or []
    found = feed.ask(queries.refused, chosen, 0, MOST_ROWS + 1)
    if len(found) > MOST_ROWS:
        most = terms.count(MOST_ROWS)
        raise DecisionIncomplete(f"more than {most} rows match: choose a source, rule or batch")
    return found.to_dict("records")


def changes_of(text: str, columns: list[str]) -> dict[str, str | None]:
    """Column -> new text, from lines of `column: text`; None empties the column.

    >>> changes_of("unit: [degF]\\nvalue:", ["unit", "value"])
    {'unit': '[degF]', 'value': None}
    """
    changes = {}
    for line in filter(str.strip, text.splitlines()):
        column, colon, new = (part.strip() for part in line.partition(":"))
        if not colon or column not in columns:
            raise DecisionIncomplete(
                f"no column {column!r}: write column: text, the columns are {', '.join(columns)}"
            )
        changes[column] = new or None
    return changes


def pending(lines: list[dict], now: datetime) -> list:
    """Decisions that are landed and not applied yet; the values of changes are not shown."""
    if not lines:
        return [html.H2("Decisions waiting"), html.P("None.")]
    found = pd.DataFrame(lines).assign(changed=[_changed(line) for line in lines])
    keys = ["at", "by", "action", "changed", "reason"]
    groups = found.groupby(keys, sort=False).size().reset_index(name="rows")
    rows = [_pending(group, now) for group in groups.itertuples()]
    told = "Landed; the release_quarantine DAG applies them."
    return [
        html.H2("Decisions waiting"),
        html.P(told, className="legend"),
        tables.table(PENDING, rows),
    ]


def _changed(line: dict) -> str:
    return ", ".join(line["changes"] or ())


def _pending(group, now: datetime) -> list:
    at = datetime.fromisoformat(group.at)
    return [
        f"{words.moment(at)}, {words.ago(now - at)}",
        group.by,
        _decision(group.action, group.changed),
        terms.count(group.rows),
        group.reason,
    ]


def _decision(action: str, changed: str | None) -> str:
    """`Fix: unit, value`."""
    return f"{ACTIONS[action][0]}: {changed}" if changed else ACTIONS[action][0]


def applied(found: pd.DataFrame) -> list:
    """Decisions that were applied (`queries.applied`), and what came of them."""
    title = html.H2("Decisions applied")
    if found.empty:
        return [title, html.P("None yet.")]
    rows = [
        [
            words.moment(row.decided_at),
            row.decided_by,
            _decision(row.action, words.text(row.changed)),
            terms.count(row.rows),
            _outcome(row),
            row.reason,
        ]
        for row in found.itertuples()
    ]
    told = f"The newest, {queries.NEWEST_DECISIONS} at most."
    return [title, html.P(told, className="legend"), tables.table(APPLIED, rows)]


def _outcome(row) -> str:
    if row.action == "reject":
        return "rejected"
    return f"{terms.count(row.accepted)} accepted, {terms.count(row.still_refused)} still refused"
