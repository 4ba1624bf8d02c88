"""A ledger as the Quality pages read it: batches, what rules refused of them, the refused rows."""

import json
import math
from datetime import date, datetime, timedelta

import pandas as pd

from tests.dash_app.records import NOW, SOURCES, TITLE
from warehouse import Lake
from warehouse.lake import insert

DAY = timedelta(days=1)

TABLES = [
    *("ops.source", "ops.batch", "quality.expectation_result", "quality.quarantine"),
    *(
        "quality.sign_off",
        "quality.decision",
        "report.built",
        "report.finding",
        "report.drift",
        "report.charting",
    ),
    *("report.signal", "report.unmapped", "report.funnel", "report.signed"),
]


class Ledger:
    """Batches written into a lake: 100 rows read and kept, where not told."""

    def __init__(self, lake: Lake):
        self.lake = lake
        self.batch_no = 0

    def source(self, name: str = "demo-ehr", **about) -> None:
        self.write("ops.source", {"source": name, **TITLE, **SOURCES.get(name, {})} | about)

    def batch(
        self, landed: datetime = NOW, source: str = "demo-ehr", failed: dict | None = None, **about
    ) -> int:
        """A batch; `failed`: rule -> rows, each of which is refused. Returns its number."""
        self.batch_no += 1
        failed = failed or {}
        refused, read = sum(failed.values()), about.pop("read", 100)
        counts = {"read": read, "quarantined": refused, "accepted": read - refused}
        row = {"batch_no": self.batch_no, "batch_id": f"{self.batch_no:064x}", "source": source}
        row |= {"kind": "Observation", "file_name": "a.ndjson", "bytes": 1000, "landed": landed}
        row |= {"processed": landed, "state": "committed", "duplicate": 0, "unmapped": 0}
        self.write("ops.batch", row | counts | about)
        rules = {"unit_known": 0} | failed
        for place, (rule, rows) in enumerate(rules.items()):
            self._judged(rule, read, rows)
            for line in range(rows):
                self._refused(row, rule, line=100 * place + line + 1)
        return self.batch_no

    def _judged(self, rule: str, checked: int, failed: int) -> None:
        table = {"batch_no": self.batch_no, "into_table": "observation", "rule": rule}
        counts = {"dimension": "validity", "checked": checked, "failed": failed}
        self.write("quality.expectation_result", table | counts)

    def _refused(self, batch: dict, rule: str, line: int) -> None:
        held = json.dumps({"patient": "Brown", "code": "8867-4", "value": "999", "unit": "x"})
        row = {name: batch[name] for name in ("batch_id", "batch_no", "source", "kind")}
        row |= {"line": line, "part": 0, "into_table": "observation", "rules": rule}
        row |= {"refused_row": self.lake.keys.encrypt(held), "first_seen": batch["landed"]}
        self.write("quality.quarantine", row)

    def built(self, until: datetime = NOW, **tables: list[dict]) -> None:
        """Findings and trends as made at `until`; the tables of schema `report` by name."""
        self.write("report.built", {"until": until, "batch_no": self.batch_no})
        for name, rows in tables.items():
            for row in rows:
                self.write(f"report.{name}", row)

    def decide(self, batch_no: int, line: int, action="release", outcome="accepted", **about):
        """A decision that was applied to one refused row."""
        batch, encrypt = f"{batch_no:064x}", self.lake.keys.encrypt
        row = {"decision_id": f"{batch_no}-{line}", "batch_id": batch, "line": line, "part": 0}
        row |= {"action": action, "rules": "unit_known", "outcome": outcome, "decided_at": NOW}
        said = {"decided_by": encrypt("Ada Quality"), "reason": encrypt("seen")}
        self.write("quality.decision", row | said | {"batch_no": 99} | about)

    def write(self, table: str, row: dict) -> None:
        rows = pd.DataFrame([row]).dropna(axis=1, how="all")
        with self.lake.write("test ledger") as con:
            insert(con, table, rows)

    def wipe(self) -> None:
        with self.lake.write("end of a test") as con:
            for table in TABLES:
                con.execute(f"DELETE FROM {table}")


def finding(**about) -> dict:
    """A row of report.finding: an open unit switch of today."""
    row = {"finding_id": 1, "kind": "unit_switch", "source": "demo-ehr", "concept": "temperature"}
    row |= {"first_batch_no": 1, "began": NOW, "size": 2.7, "measure": "ratio"}
    return row | {"words": "Temperature rose by 2.7.", "state": "open"} | about


def drift(**about) -> dict:
    """A row of report.drift: nothing has drifted."""
    today = NOW.date()
    row = {"source": "demo-ehr", "concept": "temperature", "grouped_by": "source"}
    row |= {"name": "demo-ehr", "reference_n": 800, "n": 400, "psi": 0.01, "ks": 0.05}
    days = {"reference_from": today - 30 * DAY, "reference_to": today - 20 * DAY}
    days |= {"recent_from": today - 5 * DAY, "recent_to": today}
    return row | days | {"ratio": 1.0, "is_drift": False} | about


def charted(**about) -> dict:
    """A row of report.charting: twenty patients, each measured six times today."""
    row = {"day": NOW.date(), "ward": "4B", "concept": "temperature", "patient_hours": 480.0}
    return row | {"patients": 20, "measured": 20, "readings": 120} | about


def signal(day: date, *bins: tuple[float, int]) -> dict:
    """A row of report.signal: (value, patients whose median of the day is that)."""
    places = [math.floor(100 * math.log(value)) for value, _ in bins]
    row = {"day": day, "source": "demo-ehr", "concept": "temperature", "n": 100, "missing": 0}
    counts = {"bins": places, "counts": [patients for _, patients in bins]}
    patients = sum(counts["counts"])
    return row | counts | {"patients": patients, "first_batch_no": 1, "last_batch_no": 1}


def unmapped(**about) -> dict:
    """A row of report.unmapped."""
    row = {"source": "demo-ehr", "code": "HR-NEW", "unit": "/min", "n": 5400, "patients": 88}
    return row | {"first_seen": NOW, "last_seen": NOW, "first_batch_no": 1} | about


def funnel(**about) -> dict:
    """A row of report.funnel."""
    row = {"source": "demo-ehr", "files": 10, "refused_files": 1, "read": 1000, "quarantined": 20}
    row |= {"duplicate": 50, "accepted": 930, "used": 700, "patients": 12, "twin_patients": 11}
    return row | {"twin_hours": 300, "labelled_hours": 200} | about


def sign_off(**about) -> dict:
    """A row of quality.sign_off."""
    row = {"period": "2026-02", "data_hash": "ab" * 32, "who": "ada", "time": NOW}
    row |= {"decision_id": "d1", "batch_no": 1}
    return row | {"decision": "approved", "saw": json.dumps({"refused_rows": 2000})} | about
