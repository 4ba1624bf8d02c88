"""Twins as the alerts see them, made from NEWS2 points; everything else is missing."""

import numpy as np
import pandas as pd
import pytest

from jobs.alerts import evidence, lifecycle
from warehouse import vocabulary
from warehouse.lake import frame, insert

DAY = "2026-03-01"
PATIENT, STAY = 4711, 8 * 10**18
NO_PREDICTIONS = pd.DataFrame({"patient_id": [], "level": [], "reasons": []})


@pytest.fixture
def twin():
    """One twin by its NEWS2 points; parts not named are 0, parts in `unknown` are missing."""

    def make(patient=PATIENT, at="10:00", unknown=(), measured=True, values=None, **points):
        time = _at(at)
        parts = {name: float(points.get(name, 0)) for name in evidence.parameters()}
        parts |= dict.fromkeys(unknown, np.nan)
        row = dict.fromkeys(vocabulary.feature_columns(), np.nan)
        row |= {f"news2_{name}": value for name, value in parts.items()}
        row |= {"news2_total": np.nansum(list(parts.values())) if len(unknown) < 7 else np.nan}
        row |= {"news2_highest": pd.Series(parts).max(), "news2_known": 7 - len(unknown)}
        row |= {"patient_id": patient, "time": time, "batch_no": 1, "encounter_id": STAY}
        if measured:
            row |= {"spo2_last": 97.0, "spo2_time": time}
        return _typed(pd.DataFrame([row | (values or {})]))

    return make


def _typed(twins):
    """The types that a read of twin.patient_now has."""
    kinds = vocabulary.feature_columns()
    times = [name for name, kind in kinds.items() if kind == "TIMESTAMPTZ"]
    return twins.assign(
        **{name: pd.to_datetime(twins[name], utc=True).dt.as_unit("us") for name in times}
    )


@pytest.fixture
def compute(con):
    """Hold twins against their alerts, as a micro-batch does; returns the counts."""

    def run(twins, predictions=NO_PREDICTIONS, batch_no=1):
        now = twins[["patient_id", "time", "encounter_id", "batch_no"]]
        con.register("now", now)
        con.execute("DELETE FROM twin.patient_now WHERE patient_id IN (SELECT patient_id FROM now)")
        con.unregister("now")
        insert(con, "twin.patient_now", now)
        return lifecycle.update(con, twins, predictions, batch_no)

    return run


@pytest.fixture
def changes(con):
    """What happened so far, as "cause change level", in order."""

    def read(*causes):
        rows = frame(
            con,
            "SELECT cause || ' ' || change || ' ' || t.level AS told "
            "FROM alert.transition AS t JOIN alert.alert USING (alert_id) "
            "WHERE len($causes) = 0 OR cause IN (SELECT unnest($causes)) "
            "ORDER BY t.time, t.batch_no, cause",
            {"causes": list(causes)},
        )
        return list(rows["told"])

    return read


@pytest.fixture
def alerts(con):
    """Every alert as it stands, in order of opening."""
    return lambda: frame(con, "SELECT * FROM alert.alert ORDER BY opened, cause")


@pytest.fixture
def stay(con):
    """Record the patient's stay in hospital, as told by a live or by a historical source."""

    def put(end=None, start="00:00", arrived="00:00", encounter=STAY, is_live=True):
        times = {"start_time": _at(start), "end_time": _at(end), "arrived": _at(arrived)}
        row = {"encounter_id": encounter, "patient_id": PATIENT, "site": "s", "batch_no": 1}
        source = {"source": f"is live: {is_live}"}
        insert(con, "clinical.encounter", pd.DataFrame([row | source | times]))
        _know(con, source | {"is_live": is_live})

    return put


def _know(con, source):
    con.execute("DELETE FROM ops.source WHERE source = $source", {"source": source["source"]})
    row = source | {"title": "t", "site": "s", "owner": "o", "is_synthetic": True}
    insert(con, "ops.source", pd.DataFrame([row]))


@pytest.fixture
def intensive_care(con):
    """Bring the patient to the ICU."""

    def put(start, end=None, patient=PATIENT):
        times = {"start_time": _at(start), "end_time": _at(end), "arrived": _at(start)}
        row = {"location_id": 1, "patient_id": patient, "kind": "icu", "batch_no": 1}
        insert(con, "clinical.location", pd.DataFrame([row | times]))

    return put


@pytest.fixture
def limit(con):
    """Set a limit of the patient's own, or end it."""

    def put(
        concept="spo2", low=None, high=None, at="08:00", until="20:00", patient=PATIENT, **rest
    ):
        row = {"decision_id": f"{concept} {at} {low} {high}", "patient_id": patient}
        row |= {"concept": concept, "low": low, "high": high, "until": _at(until)}
        row |= {"who": b"w", "why": b"y", "arrived": _at(at), "batch_no": 1} | rest
        insert(con, "clinical.personal_limit", pd.DataFrame([row]).dropna(axis=1))

    return put


def _at(text):
    return None if text is None else pd.Timestamp(f"{DAY} {text}", tz="UTC").as_unit("us")
