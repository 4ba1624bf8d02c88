"""One finding as a row of `report.finding`."""

import hashlib
from datetime import datetime

import pandas as pd

ABOUT = ("kind", "source", "concept", "code", "ward", "firmware")
COLUMNS = [
    *("finding_id", *ABOUT, "first_batch_no", "began", "ended", "size", "measure", "words"),
    "state",
]


def row(
    kind: str, *, first_batch_no: int | None, began: datetime, size: float, measure: str,
    words: str, ended: datetime | None = None, **about: str,
) -> dict:  # fmt: skip
    """A finding about the source, concept, code, ward or firmware that `about` names.

    `words` is one plain sentence without a patient's value; `ended` is None while it lasts.
    """
    return dict.fromkeys(ABOUT) | {
        "kind": kind,
        **about,
        "first_batch_no": first_batch_no,
        "began": began,
        "ended": ended,
        "size": float(size),
        "measure": measure,
        "words": words,
    }


def table(rows: list[dict]) -> pd.DataFrame:
    """The rows with their ids and states, in order of their beginning."""
    frame = pd.DataFrame(
        [found | {"finding_id": _id(found), "state": _state(found)} for found in rows],
        columns=COLUMNS,
    )
    frame["first_batch_no"] = frame["first_batch_no"].astype("Int64")
    for name in ("began", "ended"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.sort_values(["began", "finding_id"], ignore_index=True)


def _id(found: dict) -> int:
    """The same finding of a later day has the same id."""
    said = "\x1f".join(str(found[name] or "") for name in ABOUT)
    digest = hashlib.sha256(f"{said}\x1f{found['began'].isoformat()}".encode()).digest()
    return int.from_bytes(digest[:8])


def _state(found: dict) -> str:
    return "open" if found["ended"] is None else "closed"
