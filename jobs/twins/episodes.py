"""Kidney injury and sepsis in a patient's records: seen from afterwards."""

import pandas as pd

from jobs.twins import scores
from warehouse.lake import Connection, frame, sql


def kidney(con: Connection, patient_id: int | None = None) -> pd.DataFrame:
    """The KDIGO stage at every creatinine and every urine output, of one patient or of all.

    Columns: those of `scores.kdigo`. Urine counts where a weight was known before.
    """
    creatinine = _values(con, "creatinine", patient_id)
    urine = _values(con, "urine_output", patient_id)
    weight = _values(con, "weight", patient_id)
    weighed = pd.merge_asof(
        urine.sort_values("time"), weight.sort_values("time"), on="time", by="patient_id"
    )
    return scores.kdigo(creatinine, weighed.sort_values(["patient_id", "time"]))


def sepsis(con: Connection, patient_id: int | None = None) -> pd.DataFrame:
    """The onset of Sepsis-3 by `scores.sepsis3`, of one patient or of all; none, no row.

    SOFA is that of the hourly twins: rebuild the history first.
    """
    given = frame(
        con,
        "SELECT patient_id, concept, start_time AS time FROM clinical.treatment_current "
        "WHERE concept IN ('antibiotic', 'culture') "
        "AND ($patient IS NULL OR patient_id = $patient)",
        {"patient": patient_id},
    )
    hours = frame(
        con,
        "SELECT patient_id, hour AS time, sofa_total FROM twin.patient_hour "
        "WHERE $patient IS NULL OR patient_id = $patient ORDER BY ALL",
        {"patient": patient_id},
    )
    drugs, cultures = (given[given["concept"] == name] for name in ("antibiotic", "culture"))
    return scores.sepsis3(drugs, cultures, hours)


def _values(con: Connection, concept: str, patient_id: int | None) -> pd.DataFrame:
    asked = {"concept": concept, "source_code": None, "patient": patient_id}
    return frame(con, sql("values_told"), asked).rename(columns={"value": concept})
