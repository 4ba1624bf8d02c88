"""An alert's life: opened, raised, resolved. One open alert per patient and cause.

- opened: the cause's level reaches watch; raised: it goes above the highest since it opened.
- resolved: at the first computation below watch. A level that falls but stays at watch or above
  changes nothing. Absent is not recovered: a NEWS2 alert stays open while a parameter that made
  it is unknown, a risk alert while there is no prediction, one by a personal limit while a sign
  that made it is unknown and its limit in force.
- Discharge resolves what is open, and nothing opens after it. Intensive care, a vasopressor or
  invasive ventilation settle the alert of risk in the same way: what it foretold has come.
- Computations may come out of order: one older than the alert's last change changes nothing.
"""

import hashlib
import json

import pandas as pd

from jobs.alerts import critical_care, evidence, levels, limits, record, rules
from warehouse import vocabulary
from warehouse.lake import Connection, frame, sql

DISCHARGED = json.dumps([{"concept": "discharge", "words": "has left the hospital"}])
PRESCRIBED = "spo2_scale_time"
"""The one time of a twin at which nothing was measured."""

CRITICAL = json.dumps(
    [{"concept": "deterioration", "words": "in intensive care, on a vasopressor or ventilated"}]
)


def update(
    con: Connection, twins: pd.DataFrame, predictions: pd.DataFrame, batch_no: int
) -> dict[str, int]:
    """Hold twins (rows of twin.patient_now) against their alerts, inside a write transaction.

    `predictions` are of the same twins, or empty where no model is usable. Returns how many alerts
    were opened, raised and resolved. The same twins again change nothing.
    """
    if twins.empty:
        return {"opened": 0, "raised": 0, "resolved": 0}
    held = limits.held(con, twins)
    findings = _beside_alerts(con, rules.findings(twins, predictions, held), twins)
    changes = findings.assign(change=_change(findings, twins, held)).dropna(subset="change")
    if len(changes):
        record.write(con, _told(changes, twins, predictions, held), batch_no)
    counts = changes["change"].value_counts()
    return {name: int(counts.get(name, 0)) for name in ("opened", "raised", "resolved")}


def _beside_alerts(con: Connection, findings: pd.DataFrame, twins: pd.DataFrame) -> pd.DataFrame:
    """The findings, each beside the last alert of its patient and cause, and what settles it."""
    con.register("wanted_twins", twins[["patient_id", "time"]].assign(measured=_measured(twins)))
    standing = frame(con, sql("standing_alerts")).astype({"alert_id": "Int64"})
    has_left = findings["patient_id"].isin(frame(con, sql("discharged"))["patient_id"])
    con.unregister("wanted_twins")
    is_critical = findings["patient_id"].isin(critical_care.patients(con, twins))
    settled = pd.Series(None, index=findings.index, dtype=object)
    settled[is_critical & (findings["cause"] == "risk")] = CRITICAL
    settled[has_left] = DISCHARGED
    return findings.assign(settled=settled).merge(
        standing, how="left", on=["patient_id", "cause"], suffixes=("", "_was")
    )


def _measured(twins: pd.DataFrame) -> pd.Series:
    """When the newest of each twin's latest values was true."""
    kinds = vocabulary.feature_columns().items()
    times = [name for name, kind in kinds if kind == "TIMESTAMPTZ" and name != PRESCRIBED]
    return twins[times].max(axis=1)


def _change(findings: pd.DataFrame, twins: pd.DataFrame, held: pd.DataFrame) -> pd.Series:
    """opened, raised, resolved, or missing where nothing changes."""
    is_settled = findings["settled"].notna()
    now = levels.rank(findings["level"].mask(is_settled, "routine"))
    was = levels.rank(findings["level_was"])
    is_open = findings["state"] == "open"
    change = pd.Series(None, index=findings.index, dtype=object)
    change[~is_open & (now > 0)] = "opened"
    change[is_open & (now > was)] = "raised"
    below = is_open & (now == 0)
    change[below & (is_settled | _is_known(findings[below], twins, held))] = "resolved"
    return change.mask(findings["time"] < findings["changed"])


def _is_known(findings: pd.DataFrame, twins: pd.DataFrame, held: pd.DataFrame) -> pd.Series:
    """Whether every sign that made the alert is known today; a risk rests on none."""
    points, unknown = twins.set_index("patient_id").notna(), limits.unknown(held)

    def is_known(row, concept: str) -> bool:
        if row.cause == "personal_limit":
            return (row.patient_id, concept) not in unknown
        return points.at[row.patient_id, f"news2_{evidence.parameter(concept)}"]

    found = {
        row.Index: row.cause == "risk"
        or all(is_known(row, reason["concept"]) for reason in json.loads(row.reasons))
        for row in findings.itertuples()
    }
    return pd.Series(found, dtype=bool)


def _told(
    changes: pd.DataFrame, twins: pd.DataFrame, predictions: pd.DataFrame, held: pd.DataFrame
) -> pd.DataFrame:
    """The changes as they are written: their alert's id, the level after them, their reasons."""
    is_new, is_over = changes["change"] == "opened", changes["change"] == "resolved"
    ids = [
        alert_id(*row) for row in changes[["patient_id", "cause", "time"]].itertuples(index=False)
    ]
    told = changes.assign(
        alert_id=changes["alert_id"].mask(is_new, pd.array(ids, dtype="Int64")).astype("int64"),
        level=changes["level"].mask(is_over, "routine"),
        reasons=changes["settled"].fillna("[]"),
    )
    told.loc[~is_over, "reasons"] = rules.reasons(twins, predictions, held, changes[~is_over])
    return told[["alert_id", "patient_id", "cause", "time", "change", "level", "reasons"]]


def alert_id(patient_id: int, cause: str, opened: pd.Timestamp) -> int:
    """63 bits, the same whenever the same alert is computed again."""
    text = f"{patient_id}\x1f{cause}\x1f{opened.isoformat()}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1
