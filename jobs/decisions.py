"""What people decide, landed as files (see warehouse.decisions) and applied like any export.

A line that cannot be applied is quarantined like any other row.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd

from expectations.report import FIRST_YEAR, LAST_YEAR
from jobs.ingest import ledger
from jobs.ingest.rows import Added
from jobs.profiles import decide as profiles
from jobs.quarantine import decide
from jobs.validation import sign_off
from warehouse import Lake
from warehouse.errors import ContractBroken
from warehouse.lake import Connection

RULE = "decision_applies"
"""The line is a decision of its file's kind, and what it is about is there."""


def read(path: Path) -> list[str]:
    """The lines of a decision file. Raises `ContractBroken` where it is no text."""
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise ContractBroken("not UTF-8 text: decide once more") from None
    if not lines:
        raise ContractBroken("the file holds no decision: decide once more")
    return lines


def apply(con: Connection, lake: Lake, lines: list[str], batch: dict) -> list[Added]:
    """Apply a file's decisions in its transaction; returns the rows that they let in.

    `batch` gets its counts; read = accepted + quarantined + duplicate.
    """
    numbers = {_digest(line): number for number, line in reversed([*enumerate(lines, 1)])}
    known_before = _known(con, list(numbers))
    fresh = {
        key: lines[n - 1]
        for key, n in sorted(numbers.items(), key=lambda item: item[1])
        if key not in known_before
    }
    parsed = {key: _parsed(line) for key, line in fresh.items()}
    known = {key: found for key, found in parsed.items() if found}
    applied, added = decide.apply(con, lake, known, batch["batch_no"])
    applied |= sign_off.apply(con, lake, known, batch["batch_no"])
    profiled, told = profiles.apply(con, lake, known, batch)
    applied |= profiled
    unapplied = {numbers[key]: line for key, line in fresh.items() if key not in applied}
    _refuse(con, lake, len(lines), unapplied, batch)
    batch |= {
        "read": len(lines),
        "accepted": len(applied),
        "quarantined": len(unapplied),
        "duplicate": len(lines) - len(fresh),
    }
    return added + told


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _known(con: Connection, decision_ids: list[str]) -> set[str]:
    """Those of the decisions that were applied before."""
    con.register("asked", pd.DataFrame({"decision_id": decision_ids}))
    found = con.execute(
        "SELECT decision_id FROM quality.decision SEMI JOIN asked USING (decision_id) "
        "UNION SELECT decision_id FROM quality.sign_off SEMI JOIN asked USING (decision_id) "
        "UNION SELECT decision_id FROM clinical.personal_limit SEMI JOIN asked USING (decision_id)"
    ).fetchall()
    return {key for (key,) in found}


def _parsed(line: str) -> dict | None:
    """The line as an object that says who decides and when, in texts that can be kept, or None."""
    try:
        found = json.loads(line)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # a lone surrogate is a ValueError too
        return None
    return found if isinstance(found, dict) and _is_said(found) else None


def _is_said(found: dict) -> bool:
    """By someone, at a time with its zone, in years that every clock and table here can hold."""
    by, at = found.get("by"), found.get("at")
    if not isinstance(by, str) or not by.strip() or not isinstance(at, str):
        return False
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        return False
    return time.tzinfo is not None and FIRST_YEAR <= time.year <= LAST_YEAR


def _refuse(
    con: Connection, lake: Lake, checked: int, unapplied: dict[int, str], batch: dict
) -> None:
    """Quarantine the lines, by their numbers, that could not be applied."""
    rows = pd.DataFrame(
        {
            "line": list(unapplied),
            "part": 0,
            "into_table": "decision",
            "rules": RULE,
            "refused_row": list(unapplied.values()),
        }
    )
    ledger.quarantine(con, _some(rows), batch, lake.keys)
    verdict = {"into_table": "decision", "rule": RULE, "dimension": "validity"}
    counts = {"checked": checked, "failed": len(unapplied)}
    ledger.keep_results(con, pd.DataFrame([verdict | counts]), batch["batch_no"])


def _some(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    if len(rows):
        yield rows
