"""Decisions made by name: of a row or of all that broke a rule; landed, then taken in at once."""

from datetime import datetime

from jobs import microbatch
from warehouse import Lake, decisions
from warehouse.errors import NotSetUp
from warehouse.lake import frame, sql

EVERY = 1_000_000
"""More refused rows than anybody decides on at once."""


def rows(
    lake: Lake, batch: str, line: int | None = None, part: int = 0, rule: str | None = None
) -> list[dict]:
    """The refused rows meant: {batch_id, line, part} of one, or of all open ones of the rule.

    `batch` may be the beginning of its id. Raises `NotSetUp` where there is none, or two batches.
    """
    if (line is None) == (rule is None):
        raise NotSetUp("name one row by its line, or a rule for all of the batch that broke it")
    asked = {"source": None, "rule": rule, "batch": batch, "rows": EVERY}
    asked |= {"with_rejected": rule is None}
    with lake.read() as con:
        found = frame(con, sql("quarantine_list"), asked)
    if line is not None:
        found = found[(found["line"] == line) & (found["part"] == part)]
    if found.empty:
        raise NotSetUp(f"batch {batch} has no such row in quarantine")
    if found["batch_id"].nunique() > 1:
        raise NotSetUp(f"more than one batch's id begins with {batch!r}: give more of it")
    return found[["batch_id", "line", "part"]].to_dict("records")


def decide(
    lake: Lake, action: str, chosen: list[dict], changes: dict | None, *, by: str, reason: str,
    now: datetime,
) -> dict:  # fmt: skip
    """Land one decision on these rows and apply it; returns the counts of `microbatch.drain`."""
    decided = [row | {"action": action, "changes": changes} for row in chosen]
    decisions.land(lake.settings, "quarantine", decided, by, reason, now)
    return microbatch.drain_decisions(lake, now=now)


def from_form(lake: Lake, form: dict, *, now: datetime) -> dict:
    """Apply what has landed, and the form's own decision where it names a batch."""
    if not form["batch"] or _was_decided(lake, form["batch"], form["rule"]):
        return microbatch.drain_decisions(lake, now=now)
    chosen = rows(lake, form["batch"], rule=form["rule"])
    said = {"by": form["by"], "reason": form["reason"], "now": now}
    return decide(lake, form["action"], chosen, None, **said)


def _was_decided(lake: Lake, batch: str, rule: str) -> bool:
    """Whether no row is left of those that broke the rule, and somebody has decided on some."""
    asked = {"source": None, "rule": rule, "batch": batch, "rows": 1, "with_rejected": False}
    with lake.read() as con:
        is_left = len(frame(con, sql("quarantine_list"), asked)) > 0
        (decided,) = con.execute(
            "SELECT count(*) FROM quality.decision WHERE starts_with(batch_id, ?) "
            "AND list_contains(string_split(rules, ','), ?)",
            [batch, rule],
        ).fetchone()
    return decided > 0 and not is_left
