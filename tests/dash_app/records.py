"""Patients as a ward sees them: a row of sql/patients.sql, or the rows behind it in a lake."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from dash_app import current
from jobs.twins import scores
from jobs.twins.scores.sofa import WORST
from warehouse import Lake
from warehouse.lake import insert

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

CALM = {
    "respiratory_rate": 16.0,
    "spo2": 97.0,
    "oxygen": 0.0,
    "systolic_bp": 120.0,
    "heart_rate": 75.0,
    "consciousness": 0.0,
    "temperature": 36.8,
}
"""The seven signs of a patient whose NEWS2 is 0."""

STAND_INS = ("fio2", "oxygen_flow", "gcs", "gcs_eye", "gcs_verbal", "gcs_motor", "spo2_scale")


def ago(**span) -> datetime:
    return NOW - timedelta(**span)


def twin(*, time=None, ages=None, points=None, **signs) -> dict:
    """A twin's columns as pages read them. Signs not named are calm; None was never measured.

    `ages`: sign -> how old at NOW, else as old as the twin; `points`: parts of NEWS2 that the seven
    signs alone do not tell (a Glasgow coma scale, an oxygen flow).
    """
    time = time or ago(minutes=2)
    values = {name: (CALM | signs).get(name) for name in (*CALM, *STAND_INS)}
    times = {name: NOW - (ages or {}).get(name, NOW - time) for name in values}
    known = {name: np.nan if value is None else value for name, value in values.items()}
    told = {f"{name}_last": value for name, value in known.items()}
    told |= {f"{name}_time": pd.NaT if np.isnan(known[name]) else times[name] for name in known}
    about = {"time": time, "age": 72.0, "batch_no": 1}
    return about | told | _news2(known, points or {}) | _other_scores(known)


def _other_scores(signs: dict) -> dict:
    """Total and known parts of the scores beside NEWS2; nothing of the laboratory is known."""
    frame = pd.DataFrame([signs | {"paco2": np.nan, "leukocytes": np.nan}])
    worst = pd.DataFrame([dict.fromkeys(WORST, np.nan)])
    found = [scores.mews(frame), scores.qsofa(frame), scores.sirs(frame), scores.sofa(worst)]
    row = pd.concat(found, axis=1).iloc[0].to_dict()
    return {name: value for name, value in row.items() if name.endswith(("_total", "_known"))}


def _news2(signs: dict, points: dict) -> dict:
    score = scores.news2(pd.DataFrame([signs])).iloc[0].to_dict()
    score |= {f"news2_{part}": value for part, value in points.items()}
    parts = pd.Series([score[f"news2_{part}"] for part in CALM])
    total = {"news2_total": parts.sum(min_count=1), "news2_known": float(parts.count())}
    return score | total | {"news2_highest": parts.max()}


def patient(**changes) -> dict:
    """One row of sql/patients.sql, as `queries` returns it."""
    twin_changes = {k: changes.pop(k) for k in list(changes) if k in TWIN_ARGUMENTS}
    return {
        "patient_id": 1,
        "is_live": True,
        "sex": "female",
        "ward": "Ward 4B",
        "bed": "Bed 12",
        "start_time": ago(days=2, hours=1),
        "end_time": pd.NaT,
        "death_time": pd.NaT,
        **twin(**twin_changes),
        "risk": 0.03,
        "model_id": "2026-02-20",
        "risk_reasons": None,
        "earlier_hour": pd.NaT,
        "earlier_total": np.nan,
        "earlier_known": np.nan,
        "initials": "A. B.",
        "is_critical": False,
    } | changes


TWIN_ARGUMENTS = {*CALM, *STAND_INS, "time", "ages", "points"}


def patients(*rows: dict) -> pd.DataFrame:
    """Rows of sql/patients.sql with the types that a query gives; without rows, the columns."""
    frame = pd.DataFrame([patient(**row) for row in rows or [{}]])
    times = [name for name in frame if name == "time" or name.endswith(("_time", "_hour"))]
    typed = frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in times})
    return typed.head(len(rows))


def seen(**changes):
    """One patient as seen at NOW: a row to read by attribute."""
    return next(current.as_seen(patients(changes), NOW).itertuples())


TITLE = {"title": "t", "site": "s", "owner": "o"}
SOURCES = {
    "demo-ehr": {"is_live": True, "is_synthetic": True},
    "real-ehr": {"is_live": True, "is_synthetic": False},
    "history": {"is_live": False, "is_synthetic": False},
}


class Records:
    """Rows of a hospital, written into a lake: one calm patient in hospital, where not told."""

    def __init__(self, lake: Lake):
        self.lake = lake
        self.sources: set[str] = set()
        self.batch_no = self.observations = self.alerts = 0

    def admit(self, native="1", *, name="Anna Maria Brown", source="demo-ehr", **about) -> int:
        """A patient with a stay, a bed and a twin; returns the patient_id."""
        patient_id = self.lake.keys.identifier("patient", "demo", native)
        start = about.get("start_time", ago(days=2))
        arrived = {"patient_id": patient_id, "arrived": start, "batch_no": 1}
        stay = arrived | {"encounter_id": patient_id + 1, "start_time": start}
        person = arrived | {"source": source, "sex": "female"} | about.get("person", {})
        place = {"ward": "Ward 4B", "bed": f"Bed {native}", "kind": "ward"} | about.get("place", {})
        self.write_all(
            *self._source(source),
            ("clinical.patient", person),
            ("clinical.identity", self._identity(patient_id, native, name, source)),
            (
                "clinical.encounter",
                stay | {"source": source, "site": "s"} | about.get("stay", {}),
            ),
            ("clinical.location", stay | {"location_id": patient_id} | place),
            *([self._twin(patient_id, about.get("twin", {}))] * about.get("has_twin", True)),
        )
        return patient_id

    def _source(self, name: str) -> list[tuple[str, dict]]:
        """The source's one row, unless it is there."""
        if name in self.sources:
            return []
        self.sources.add(name)
        return [("ops.source", {"source": name, **TITLE, **SOURCES[name]})]

    def _identity(self, patient_id: int, native: str, name: str | None, source: str) -> dict:
        encrypt = self.lake.keys.encrypt
        native_id = {"native_id": encrypt(native), "name": encrypt(name)}
        return {"kind": "patient", "id": patient_id, "source": source, "batch_no": 1} | native_id

    def _twin(self, patient_id: int, signs: dict) -> tuple[str, dict]:
        self.batch_no += 1
        row = twin(**signs) | {"patient_id": patient_id, "batch_no": self.batch_no}
        return "twin.patient_now", row

    def measure(self, patient_id: int, **signs) -> None:
        """Put a twin in place of the patient's last."""
        table, row = self._twin(patient_id, signs)
        with self.lake.write("a twin") as con:
            con.execute("DELETE FROM twin.patient_now WHERE patient_id = ?", [patient_id])
            insert(con, table, _frame([row]))

    def predict(self, patient_id: int, risk: float, time=None, **about) -> None:
        row = {
            "patient_id": patient_id,
            "time": time or ago(minutes=2),
            "batch_no": 1,
            "risk": risk,
        }
        row |= {"model_id": "2026-02-20", "feature_set": "f", "level": "routine", "margin": 0.0}
        self.write("model.prediction", row | about)

    def unusual(self, patient_id: int, time: datetime, **about) -> None:
        """What the nightly refit found: a racing heart, unless told."""
        sign = {"concept": "heart_rate", "value": 170.0, "time": time.isoformat(), "usual": 80.0}
        slope = {"words": "rising 8.2 (5.0 to 11.4) /min per hour"}
        change = {"hours": -4.0, "words": "from 82 to 160 /min"}
        trend = {"concept": "heart_rate", "slopes": {"6h": slope}, "change": change}
        told = {"signs": [sign | {"words": "heart rate 170 /min, own usual 80"}], "trends": [trend]}
        told = {name: json.dumps(told[name]) for name in told}
        row = {"patient_id": patient_id, "time": time, "known": 6, "is_flagged": True}
        self.write("twin.anomaly", row | told | {"batch_no": 1} | about)

    def observe(self, patient_id: int, concept: str, value: float, time, **about) -> None:
        self.observations += 1
        row = {"observation_id": self.observations, "patient_id": patient_id, "concept": concept}
        row |= {"time": time, "arrived": time, "source_code": "c", "value": value}
        self.write("clinical.observation", row | {"is_revised": False, "batch_no": 1} | about)

    def alert(
        self, patient_id: int, cause="news2_total", *changes: tuple[str, str, datetime]
    ) -> None:
        """An alert with its course: (change, level, time), the first one `opened`."""
        self.alerts += 1
        reasons = '[{"concept": "spo2", "value": 84.0, "unit": "%", "time": null, "points": 3}]'
        row = {
            "alert_id": self.alerts,
            "patient_id": patient_id,
            "cause": cause,
            "reasons": reasons,
        }
        resolved = [time for change, _, time in changes if change == "resolved"]
        state = {"state": "resolved", "resolved": resolved[0]} if resolved else {"state": "open"}
        about = {"level": changes[-1][1], "opened": changes[0][2]}
        self.write("alert.alert", row | state | about)
        for change, level, time in changes:
            step = {"alert_id": self.alerts, "time": time, "change": change, "level": level}
            self.write("alert.transition", step | {"batch_no": 1, "reasons": reasons})

    def device(self, native="mon-7", *, patient_id: int | None = None, **about) -> int:
        """A monitor that told something two minutes ago; returns its device_id."""
        device_id = self.lake.keys.identifier("device", "demo-monitor", native)
        identity = {"kind": "device", "id": device_id, "source": "demo-monitor", "batch_no": 1}
        row = {"device_id": device_id, "patient_id": patient_id, "time": ago(minutes=2)}
        row |= {"seen": ago(minutes=2), "readings": 900, "concepts": 4, "open_faults": []}
        row |= {"kind": "monitor", "model": "M3", "firmware": "2.1", "battery": 81.0} | about
        native_id = {"native_id": self.lake.keys.encrypt(native)}
        self.write_all(("clinical.identity", identity | native_id), ("twin.device_now", row))
        return device_id

    def device_fault(self, device_id: int, failure="probe_off", signal="spo2", **about) -> None:
        """A fault that lasts, judged technical, where not told."""
        row = {"device_id": device_id, "class": failure, "signal": signal, "evidence": "{}"}
        row |= {"start_time": ago(minutes=40), "detected": ago(minutes=30), "verdict": "technical"}
        self.write("twin.device_fault", row | about)

    def limit(self, patient_id: int, concept="spo2", **about) -> None:
        """Something set for this patient alone: an alert for SpO2 below 88 %, where not told."""
        encrypt = self.lake.keys.encrypt
        row = {"patient_id": patient_id, "concept": concept, "low": 88.0, "arrived": ago(hours=1)}
        row |= {"until": NOW + timedelta(days=7), "who": encrypt("N. Quartermain")}
        row |= {"why": encrypt("hypercapnic"), "decision_id": concept, "batch_no": 1}
        self.write("clinical.personal_limit", row | about)

    def write(self, table: str, row: dict) -> None:
        self.write_all((table, row))

    def write_all(self, *rows: tuple[str, dict]) -> None:
        with self.lake.write("test records") as con:
            for table, row in rows:
                insert(con, table, _frame([row]))

    def wipe(self) -> None:
        with self.lake.write("end of a test") as con:
            for table in WRITTEN:
                con.execute(f"DELETE FROM {table}")


WRITTEN = [
    *("ops.source", "clinical.patient", "clinical.identity", "clinical.encounter"),
    *("clinical.location", "clinical.observation", "clinical.treatment", "twin.patient_now"),
    "clinical.personal_limit",
    *(
        "twin.patient_hour",
        "twin.anomaly",
        "twin.device_now",
        "twin.device_fault",
        "model.prediction",
        "alert.alert",
        "alert.transition",
    ),
]


def _frame(rows: list[dict]) -> pd.DataFrame:
    """Without the columns that are empty: the table's own NULL is of the right type."""
    return pd.DataFrame(rows).dropna(axis=1, how="all")
