"""Set, prescribe, end: a decision about a patient's profile, landed and applied like any other.

A prescription of NEWS2's SpO2 scale 2 becomes two values of the concept `spo2_scale`: 2 from when
it was decided, and 1 from `until` on, known since then. So it reverts by itself, and whatever reads
values needs no clock. The second is one value per patient, of which each decision is a version.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from jobs.alerts import limits
from jobs.ingest.rows import Added
from jobs.profiles import check
from jobs.profiles.check import SCALE, instant
from warehouse import Lake, decisions, vocabulary
from warehouse.errors import DecisionIncomplete
from warehouse.lake import Connection, frame, insert

SAID = {
    "limit": ("concept", "low", "high", "unit", "until"),
    "scale": ("scale", "until"),
    "end": ("concept",),
}
"""What is decided -> what else its line holds."""


def line(action: str, patient_id: int, *, by: str, reason: str, at: datetime, **said) -> dict:
    """A decision as its file holds it; `said` as `SAID` names it, `until` aware."""
    told = {name: said[name] for name in SAID[action]}
    if "until" in told:
        told["until"] = told["until"].astimezone(UTC).isoformat()
    about = {"kind": "profile", "action": action, "patient_id": patient_id}
    words = {"by": by.strip(), "reason": reason.strip()}
    return about | told | words | {"at": at.astimezone(UTC).isoformat()}


def check_it(lake: Lake, decided: dict) -> None:
    """Raise `DecisionIncomplete`, which says what is wrong and what to do, or nothing."""
    at = datetime.fromisoformat(decided["at"])
    with lake.read() as con:
        is_known = decided["patient_id"] in _known(con, [decided])
        found = in_force(con, lake, decided["patient_id"], at)
    if fault := check.fault(decided, is_known=is_known, landed=at):
        raise DecisionIncomplete(fault)
    if decided["action"] == "end" and decided["concept"] not in list(found["concept"]):
        raise DecisionIncomplete("nothing is in force there: `wardtwin profile show` tells what is")


def land(lake: Lake, decided: dict) -> Path:
    """Check and land one decision (see `line`). Raises `DecisionIncomplete`; nothing is landed."""
    check_it(lake, decided)
    data = (json.dumps(decided) + "\n").encode()
    at = datetime.fromisoformat(decided["at"])
    return decisions.write(lake.settings, "profile", data, at, "jsonl")


def in_force(con: Connection, lake: Lake, patient_id: int, at: datetime) -> pd.DataFrame:
    """What is set for a patient at an instant: concept, low, high, until, arrived, who, why."""
    found = limits.set_for(con, lake, patient_id)
    return found[found["until"] > at]


def apply(
    con: Connection, lake: Lake, found: dict[str, dict], batch: dict
) -> tuple[set[str], list[Added]]:
    """Apply the profiles among a landed file's decisions; their ids, and what they added."""
    ours = {key: told for key, told in found.items() if told.get("kind") == "profile"}
    known = _known(con, list(ours.values()))
    valid = {
        key: told
        for key, told in ours.items()
        if not check.fault(told, is_known=_number(told) in known, landed=batch["landed"])
    }
    if not valid:
        return set(), []
    rows = [_limit(lake, key, told, batch["batch_no"]) for key, told in valid.items()]
    insert(con, "clinical.personal_limit", pd.DataFrame(rows).astype({"low": float, "high": float}))
    _prescribe(con, [told for told in valid.values() if _concept(told) == SCALE], batch)
    patients = sorted({told["patient_id"] for told in valid.values()})
    return set(valid), [Added("personal_limit", len(valid), 0, patients, [])]


def _known(con: Connection, lines: list[dict]) -> set[int]:
    """The patients of these lines who are patients of ours."""
    numbers = {_number(told) for told in lines} - {None}
    con.register("asked", pd.DataFrame({"id": list(numbers)}, dtype="int64"))
    rows = con.execute(
        "SELECT DISTINCT id FROM clinical.identity SEMI JOIN asked USING (id) "
        "WHERE kind = 'patient'"
    ).fetchall()
    con.unregister("asked")
    return {number for (number,) in rows}


def _number(told: dict) -> int | None:
    """The patient's pseudonym, or None for what cannot be one."""
    number = told.get("patient_id")
    return number if type(number) is int and 0 <= number < 2**63 else None


def _concept(told: dict) -> str:
    return SCALE if told["action"] == "scale" else told["concept"]


def _limit(lake: Lake, key: str, told: dict, batch_no: int) -> dict:
    """A row of clinical.personal_limit; what the line says beyond its format was not checked."""
    said = {name: told.get(name) for name in SAID[told["action"]]}
    return {
        "decision_id": key,
        "patient_id": told["patient_id"],
        "concept": _concept(told),
        "low": said.get("low"),
        "high": said.get("high"),
        "until": instant(said.get("until")),
        "who": lake.keys.encrypt(told["by"]),
        "why": lake.keys.encrypt(told["reason"]),
        "is_retracted": told["action"] == "end",
        "arrived": instant(told["at"]),
        "batch_no": batch_no,
    }


def _prescribe(con: Connection, lines: list[dict], batch: dict) -> None:
    """The values of `spo2_scale` that prescriptions and their ends are."""
    rows = [row for told in lines for row in _values(told)]
    if not rows:
        return
    found = pd.DataFrame(rows).astype({"observation_id": "uint64"})
    con.register("prescribed", found)
    before = frame(
        con,
        "SELECT DISTINCT observation_id FROM clinical.observation "
        "SEMI JOIN prescribed USING (observation_id)",
    )["observation_id"]
    con.unregister("prescribed")
    ids = found["observation_id"]
    same = {"concept": SCALE, "source_code": SCALE, "source": decisions.FOLDER}
    same |= {"unit": vocabulary.concepts().at[SCALE, "unit"], "batch_no": batch["batch_no"]}
    is_revised = ids.isin(before) | ids.duplicated()
    insert(con, "clinical.observation", found.assign(**same, is_revised=is_revised))


def _values(told: dict) -> list[dict]:
    at = instant(told["at"])
    if told["action"] == "end":
        return [_value(told["patient_id"], "revert", 1.0, at, at)]
    return [
        _value(told["patient_id"], told["at"], 2.0, at, at),
        _value(told["patient_id"], "revert", 1.0, instant(told["until"]), at),
    ]


def _value(patient_id: int, which: str, value: float, time: datetime, arrived: datetime) -> dict:
    """One value; `which` and the patient tell it apart from others."""
    digest = hashlib.sha256(f"{SCALE}\x1f{patient_id}\x1f{which}".encode()).digest()
    about = {"patient_id": patient_id, "value": value, "time": time, "arrived": arrived}
    return {"observation_id": int.from_bytes(digest[:8], "big")} | about
