"""What the pages ask: frames, each set read at one snapshot. Names leave as initials only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from dash_app import words
from jobs.alerts import critical_care, limits
from warehouse import Lake
from warehouse.lake import Connection, frame, sql

CHART_SPAN = timedelta(hours=48)
OPENED_SPAN = timedelta(hours=24)


@dataclass(frozen=True)
class Ward:
    """Everyone who is shown, all wards: one row per patient in `patients`."""

    patients: pd.DataFrame
    trail: pd.DataFrame
    alerts: pd.DataFrame
    alerts_before: pd.DataFrame
    opened: pd.DataFrame
    last_export: datetime | None
    is_synthetic: bool


@dataclass(frozen=True)
class Devices:
    """Every device, and the faults that last or have ended within a week."""

    devices: pd.DataFrame
    faults: pd.DataFrame
    is_synthetic: bool


@dataclass(frozen=True)
class Patient:
    """One patient: a row in `patient`, none if not known; the rest is of the last 48 h."""

    patient: pd.DataFrame
    signs: pd.DataFrame
    scores: pd.DataFrame
    treatments: pd.DataFrame
    alerts: pd.DataFrame
    changes: pd.DataFrame
    limits: pd.DataFrame
    unusual: pd.DataFrame
    device_faults: pd.DataFrame
    is_synthetic: bool


def ward(lake: Lake) -> Ward:
    """The frames of the Ward page."""
    with lake.read() as con:
        patients = _patients(lake, con, None)
        shown = {"patients": patients["patient_id"].tolist()}
        since = patients["time"].max() - OPENED_SPAN
        return Ward(
            patients=patients,
            trail=frame(con, sql("patients_risk_trail"), shown),
            alerts=frame(con, sql("patients_alerts"), shown),
            alerts_before=frame(con, sql("patients_alerts_before"), shown),
            opened=frame(con, sql("wards_alerts_opened"), {"since": since}),
            last_export=_last_export(con),
            is_synthetic=_is_synthetic(con),
        )


def patient(lake: Lake, patient_id: int) -> Patient:
    """The frames of the Patient page."""
    about = {"patient": patient_id}
    with lake.read() as con:
        found = _patients(lake, con, patient_id)
        recent = about | {"since": found["time"].max() - CHART_SPAN}
        return Patient(
            patient=found,
            signs=frame(con, sql("patient_signs"), recent | {"concepts": list(words.signs())}),
            scores=frame(con, sql("patient_scores"), recent),
            treatments=frame(con, sql("patient_treatments"), recent),
            alerts=frame(con, sql("patients_alerts"), {"patients": [patient_id]}),
            changes=frame(con, sql("patient_alert_changes"), about),
            limits=limits.set_for(con, lake, patient_id),
            unusual=frame(con, sql("patient_unusual"), about),
            device_faults=frame(con, sql("device_faults_shown"), about),
            is_synthetic=_is_synthetic(con),
        )


def devices(lake: Lake) -> Devices:
    """The frames of the Devices page; a device's own number is in clear."""
    with lake.read() as con:
        found = frame(con, sql("devices"))
        numbers = [lake.keys.decrypt(number) for number in found.pop("native_id")]
        return Devices(
            devices=found.assign(number=numbers).sort_values("number", ignore_index=True),
            faults=frame(con, sql("device_faults_shown"), {"patient": None}),
            is_synthetic=_is_synthetic(con),
        )


def newest_model(lake: Lake) -> str | None:
    """The id of the model that made the newest prediction."""
    with lake.read() as con:
        row = con.execute(
            "SELECT arg_max(model_id, (time, batch_no)) FROM model.prediction"
        ).fetchone()
    return row[0]


def is_synthetic(lake: Lake) -> bool:
    """Whether any source that has sent data makes its patients up."""
    with lake.read() as con:
        return _is_synthetic(con)


def _patients(lake: Lake, con: Connection, patient_id: int | None) -> pd.DataFrame:
    found = frame(con, sql("patients"), {"patient": patient_id})
    names = [lake.keys.decrypt(name) for name in found.pop("name")]
    return found.assign(
        initials=[words.initials(name) for name in names],
        is_critical=found["patient_id"].isin(critical_care.patients(con, found)),
    )


def _last_export(con: Connection) -> datetime | None:
    return con.execute("SELECT max(landed) FROM ops.batch WHERE state = 'committed'").fetchone()[0]


def _is_synthetic(con: Connection) -> bool:
    row = con.execute("SELECT coalesce(bool_or(is_synthetic), FALSE) FROM ops.source").fetchone()
    return row[0]
