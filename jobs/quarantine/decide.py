"""Release, fix or reject a refused row, in one transaction with all that follows from it.

A row let in is as if it had been right the first time: the same ids, the same `arrived`.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pandas as pd

from expectations import suites
from jobs.ingest import rows
from jobs.ingest.batch import judge_again
from jobs.ingest.readmit import readmit
from jobs.ingest.rows import Added
from jobs.ingest.staging import COLUMNS
from warehouse import Lake, vocabulary
from warehouse.decisions import ACTIONS
from warehouse.lake import Connection, frame, insert, sql

Decisions = dict[str, dict]
"""A line of a decision file by its id: see warehouse.decisions."""


def apply(
    con: Connection, lake: Lake, decisions: Decisions, batch_no: int
) -> tuple[set[str], list[Added]]:
    """Apply what can be; returns the ids of the applied, and the rows that were let in."""
    valid = {key: found for key, found in decisions.items() if _is_valid(found)}
    targets = _targets(con, valid)
    added, accepted = [], set()
    for _, group in targets[_can_be_judged(targets)].groupby(["batch_id", "into_table"]):
        found, let_in = _let_in(con, lake, group, valid, batch_no)
        added.append(found)
        accepted |= let_in
    _record(con, lake, targets, valid, accepted, batch_no)
    return set(targets["decision_id"]), added


def _is_valid(found: dict) -> bool:
    """Whether the line says what is decided on which row, and why."""
    texts = ("batch_id", "reason")
    numbers = ("line", "part")
    changes = found.get("changes")
    return (
        found.get("kind") == "quarantine"
        and isinstance(found.get("action"), str)
        and found["action"] in ACTIONS["quarantine"]
        and all(isinstance(found.get(name), str) and found[name].strip() for name in texts)
        and all(type(found.get(name)) is int and 0 <= found[name] < 2**63 for name in numbers)
        and (_are_changes(changes) if found["action"] == "fix" else changes is None)
    )


def _are_changes(changes: object) -> bool:
    """Columns and their new texts, or None to empty one."""
    return isinstance(changes, dict) and all(
        text is None or isinstance(text, str) for text in changes.values()
    )


def _targets(con: Connection, valid: Decisions) -> pd.DataFrame:
    """The refused rows that the decisions name; the last decision on a row counts."""
    lines = [{"decision_id": key} | found for key, found in valid.items()]
    columns = ["decision_id", "action", "batch_id", "line", "part", "at"]
    decided = pd.DataFrame(lines, columns=columns).astype({"line": "int64", "part": "int64"})
    order = decided["at"].map(datetime.fromisoformat)
    decided = decided.loc[order.sort_values(kind="stable").index]
    con.register("decided", decided.drop_duplicates(["batch_id", "line", "part"], keep="last"))
    return frame(con, sql("decided_rows"))


def _can_be_judged(targets: pd.DataFrame) -> pd.Series:
    """Not what is rejected, is of no table or source of ours, or is a line nobody made a row."""
    sources = vocabulary.sources()
    is_line = (targets["rules"] == "row_readable") & (targets["action"] != "fix")
    is_told = [
        row.source in sources and any(row.kind == file.kind for file in sources[row.source].files)
        for row in targets.itertuples()
    ]
    is_ours = targets["into_table"].isin(list(COLUMNS)) & pd.Series(is_told, targets.index, bool)
    return (targets["action"] != "reject") & is_ours & ~is_line


def _let_in(
    con: Connection, lake: Lake, group: pd.DataFrame, valid: Decisions, batch_no: int
) -> tuple[Added, set[str]]:
    """Judge the rows of one batch and table once more, and add those that pass."""
    first = group.iloc[0]
    into, source = first["into_table"], vocabulary.sources()[first["source"]]
    staged = pd.DataFrame(list(_staged(lake, group, valid)))
    places = frame(con, sql("places")) if source.is_device else None
    with closing(judge_again(lake, source, into, group, staged, places)) as again:
        _allow(again.con, into, group[group["action"] == "release"])
        rows.add_identities(con, again.identities, source, batch_no, lake.keys)
        added, let_in = readmit(con, again, source, into, group, batch_no)
    return added, set(group.merge(let_in, on=["line", "part"])["decision_id"])


def _staged(lake: Lake, group: pd.DataFrame, valid: Decisions) -> Iterator[dict]:
    """The rows as they were staged, each with its changes; what is no column of ours is left."""
    for row in group.itertuples():
        found = json.loads(lake.keys.decrypt(row.refused_row))
        told = found | (valid[row.decision_id]["changes"] or {})
        cells = {name: told.get(name) for name in COLUMNS[row.into_table]}
        yield {"line": row.line, "part": row.part} | cells


def _allow(con: Connection, into: str, released: pd.DataFrame) -> None:
    """A person who releases a row may overrule the rules that rules.csv says a person may."""
    rules = suites.rules(into)
    may = rules.loc[rules["may_overrule"] == "yes", "rule"].tolist()
    con.register("released_rows", released[["line", "part"]])
    con.execute(
        f"DELETE FROM broken_{into} WHERE (line, part) IN (SELECT (line, part) FROM released_rows) "
        "AND list_has_all(?, string_split(rules, ','))",
        [may],
    )


def _record(
    con: Connection, lake: Lake, targets: pd.DataFrame, valid: Decisions, accepted: set[str],
    batch_no: int,
) -> None:  # fmt: skip
    """Keep every decision, with what came of it."""
    encrypt = lake.keys.encrypt
    found = []
    for row in targets.itertuples():
        said = valid[row.decision_id]
        kept = {name: getattr(row, name) for name in KEPT}
        outcome = "accepted" if row.decision_id in accepted else "still refused"
        changes = said["changes"]
        kept |= {
            "outcome": "rejected" if row.action == "reject" else outcome,
            "changed": ",".join(sorted(changes)) if changes else None,
            "changes": encrypt(json.dumps(changes, sort_keys=True)) if changes else None,
            "decided_by": encrypt(said["by"]),
            "reason": encrypt(said["reason"]),
            "decided_at": datetime.fromisoformat(said["at"]),
            "batch_no": batch_no,
        }
        found.append(kept)
    if found:
        insert(con, "quality.decision", pd.DataFrame(found))


KEPT = ("decision_id", "batch_id", "line", "part", "action", "rules")
