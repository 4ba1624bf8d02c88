"""`twin.anomaly`: every patient's trends, and who is in an unusual state, after a refit."""

import json

import numpy as np
import pandas as pd

from jobs.anomalies import outliers, trend
from jobs.anomalies.judge import judged
from jobs.anomalies.limits import limit
from jobs.anomalies.signs import SIGNS
from jobs.anomalies.state import state
from jobs.twins import readings
from jobs.twins.kernel import HOUR
from warehouse import Lake
from warehouse.lake import Connection, frame, insert, sql

AT_ONCE = 1000
"""Patients whose readings are in memory together."""


def run(lake: Lake) -> dict[str, int]:
    """Fit the detectors on the history, judge every `twin.patient_now`, replace `twin.anomaly`.

    From one snapshot; the same data give the same rows. Returns {patients, flagged,
    training_hours}; without enough hours the detectors judge nobody, baselines and trends do.
    """
    with lake.read(lake.snapshot()) as con:
        training = state(frame(con, sql("anomaly_training"), _drawn()), "hour")
        found = scored(con, outliers.fit(training))
    with lake.write("anomalies") as con:
        con.execute("DELETE FROM twin.anomaly")
        insert(con, "twin.anomaly", found)
    flagged = int(found["is_flagged"].sum())
    return {"patients": len(found), "flagged": flagged, "training_hours": len(training)}


def _drawn() -> dict[str, int]:
    return {"rows": int(limit("training_rows")), "least_signs": int(limit("least_signs"))}


def scored(con: Connection, detectors: outliers.Detectors | None) -> pd.DataFrame:
    """The rows of `twin.anomaly`, in order of patient_id."""
    now = frame(con, sql("anomaly_now"))
    hours = frame(con, sql("anomaly_hours"), {"hours": int(limit("baseline_hours"))})
    found = judged(now, hours, detectors)
    trends: dict[int, list[dict]] = {}
    for start in range(0, len(now), AT_ONCE):
        trends |= trend.of_patients(recent(con, now.iloc[start : start + AT_ONCE]))
    return found.assign(
        signs=[_json(told) for told in found["signs"]],
        trends=[_json(trends.get(patient, [])) for patient in now["patient_id"]],
        batch_no=now["batch_no"],
    )


def recent(con: Connection, now: pd.DataFrame) -> pd.DataFrame:
    """What was known at each twin's instant of its last day: patient_id, concept, hours, value."""
    patient = now["patient_id"].to_numpy(dtype=np.int64)
    instant = now["time"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    found = readings.read(con, readings.windows(patient, instant), patient)
    return pd.concat([_known(sign, found[sign], patient, instant) for sign in SIGNS])


def _known(
    sign: str, rows: readings.Readings, patient: np.ndarray, instant: np.ndarray
) -> pd.DataFrame:
    """One sign's values, each in the version that counted at its patient's instant."""
    length = rows.last - rows.first
    owner = np.repeat(np.arange(len(patient)), length)
    row = np.repeat(rows.first - np.cumsum(length) + length, length) + np.arange(len(owner))
    at = instant[owner]
    is_known = (rows.arrived[row] <= at) & (at < rows.superseded[row])
    counting = pd.DataFrame(
        {
            "patient_id": patient[owner],
            "concept": sign,
            "hours": (rows.time[row] - at) / HOUR,
            "value": rows.value[row],
        }
    )
    return counting[is_known]


def _json(told: list[dict]) -> str:
    return json.dumps(told, ensure_ascii=False)
