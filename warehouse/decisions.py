"""What a person decides, landed as a file: archived and replayed like everything else.

`<landing>/decisions/<kind>-<time>-<digest>.jsonl`, one JSON object per line:

    {"kind": "quarantine", "action": "fix", "batch_id": "5b1f...", "line": 7, "part": 0,
     "changes": {"unit": "[degF]"}, "by": "A. Name", "reason": "...",
     "at": "2026-03-01T12:00:00+00:00"}

- `batch_id`, `line`, `part`: the refused row, as `quality.quarantine` names it.
- `action`: `release` judges the row again as it is, `fix` with `changes`, `reject` never again.
- `changes`: staged column -> its new text, null to empty it; the whole is null but for `fix`.
- `by`, `reason`: who, and why, in their own words. `at`: when, ISO 8601 in UTC.

A sign-off of a month's report has `period`, `data_hash` and `saw` (counts) instead of the row.
A patient's profile has `patient_id`, and for `limit` `concept`, `low`, `high`, `unit`, `until`; for
`scale` `scale` (2) and `until`; for `end` the `concept`.

What was typed into `changes` may be a patient's value: the file is its owner's alone (0600), lies
in landing no longer than an export does, and is archived encrypted.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from warehouse import durable
from warehouse.errors import DecisionIncomplete
from warehouse.settings import Settings

FOLDER = "decisions"
ACTIONS = {"quarantine": ("release", "fix", "reject"), "sign_off": ("approve", "reject")}
"""Kind of decision -> what can be decided."""


def land(
    settings: Settings, kind: str, rows: Iterable[dict], by: str, reason: str, at: datetime
) -> Path:
    """Land one file with a decision on every row: {action, batch_id, line, part, changes}.

    The same decision again is the same file. Raises `DecisionIncomplete`; then nothing is landed.
    """
    said = {"by": by.strip(), "reason": reason.strip(), "at": at.astimezone(UTC).isoformat()}
    decided = [_decided(kind, row) | said for row in rows]
    for name, missing in [("by", "your name"), ("reason", "a reason")]:
        if not said[name]:
            raise DecisionIncomplete(f"the decision has no {name}: give {missing}")
    if not decided:
        raise DecisionIncomplete("no row is chosen: choose at least one")
    return _landed(settings, kind, decided, at)


def sign(
    settings: Settings, period: str, data_hash: str, action: str, saw: dict, by: str, at: datetime
) -> Path:
    """Land the decision about a month's validation report, made from data of that hash.

    `action`: approve or reject; `saw`: the counts that stood before the person.
    """
    if action not in ACTIONS["sign_off"]:
        raise DecisionIncomplete(f"{action!r} cannot be decided on a report")
    if not by.strip():
        raise DecisionIncomplete("the decision has no by: give your name")
    about = {"kind": "sign_off", "action": action, "period": period, "data_hash": data_hash}
    said = {"saw": saw, "by": by.strip(), "at": at.astimezone(UTC).isoformat()}
    return _landed(settings, "sign_off", [about | said], at)


def _landed(settings: Settings, kind: str, lines: list[dict], at: datetime) -> Path:
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return write(settings, kind, data, at, "jsonl")


def write(settings: Settings, kind: str, data: bytes, at: datetime, ending: str) -> Path:
    """Land a file of decisions under the name that its kind, time and content give it."""
    digest = hashlib.sha256(data).hexdigest()[:12]
    name = f"{kind}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest}.{ending}"
    return durable.write(_folder(settings) / name, [data])


def _decided(kind: str, row: dict) -> dict:
    """One line without who, why and when; its keys in the order of the format."""
    action, changes = row["action"], row.get("changes")
    if action not in ACTIONS.get(kind, ()):
        raise DecisionIncomplete(f"{action!r} cannot be decided on a {kind} row")
    if (action == "fix") != bool(changes):
        raise DecisionIncomplete("fix needs at least one change, and only fix takes changes")
    place = {"batch_id": row["batch_id"], "line": int(row["line"]), "part": int(row["part"])}
    return {"kind": kind, "action": action, **place, "changes": changes or None}


def pending(settings: Settings, kind: str) -> list[dict]:
    """The lines of every file of a kind that is landed and not taken in yet, in that order."""
    paths = sorted(_folder(settings).glob(f"{kind}-*.jsonl"))
    return [line for path in paths for line in _lines(path)]


def _lines(path: Path) -> Iterator[dict]:
    """Nothing of a file that was taken in meanwhile, nor of a line that is no decision."""
    with suppress(FileNotFoundError, UnicodeDecodeError):
        for text in path.read_text("utf-8").splitlines():
            with suppress(ValueError, RecursionError):
                found = json.loads(text)
                if isinstance(found, dict):
                    yield found


def _folder(settings: Settings) -> Path:
    return settings.landing / FOLDER
