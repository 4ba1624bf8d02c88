"""What a model is trained and judged on: the hours at risk, cut into folds by patient."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobs.models import features, outcomes
from warehouse.lake import Connection, Lake, frame

OUTCOME = "deterioration_24h"
SEED = "wardtwin-folds-1"
FOLDS = 5
"""Each fold of the patients is judged by trees that were trained on the others only."""

FEWEST = 8
"""Patients who deteriorated that every training has to see; below that any figure is chance."""


@dataclass(frozen=True)
class Cohort:
    """Hours at risk, in order of (patient_id, hour); all arrays have one element per hour."""

    snapshot: int
    patient_id: np.ndarray
    label: np.ndarray
    """1: deterioration followed within 24 h."""
    news2: np.ndarray
    """news2_total; NaN where no sign is known."""
    matrix: np.ndarray
    """float32 (hours, features)"""
    fold: np.ndarray

    def count_patients(self, chosen: np.ndarray | slice = slice(None)) -> int:
        """How many patients the chosen rows are of."""
        return len(np.unique(self.patient_id[chosen]))

    def count_deteriorated(self, chosen: np.ndarray | slice = slice(None)) -> int:
        """How many patients have an hour labelled 1 among the chosen rows."""
        return len(np.unique(self.patient_id[chosen][self.label[chosen] == 1]))

    def digest(self) -> str:
        """The same for the same hours, labels and features, whatever the snapshot."""
        found = hashlib.sha256()
        for array in (self.patient_id, self.label, self.matrix):
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()


def read(lake: Lake, ordered: list[str]) -> Cohort:
    """The labelled hours with these features, all at one snapshot."""
    snapshot = lake.snapshot()
    with lake.read(snapshot) as con:
        rows = _labelled_hours(con)
    return Cohort(
        snapshot,
        rows["patient_id"].to_numpy(),
        rows["label"].to_numpy(),
        rows["news2_total"].to_numpy(),
        features.matrix(rows, "hour", ordered),
        folds(rows["patient_id"]),
    )


def _labelled_hours(con: Connection) -> pd.DataFrame:
    con.register("labels", outcomes.labels(con, outcomes.read(OUTCOME)).rows)
    return frame(
        con,
        "SELECT twin.*, label FROM twin.patient_hour AS twin "
        "JOIN labels USING (patient_id, hour) ORDER BY patient_id, hour",
    )


def folds(patient_id: pd.Series) -> np.ndarray:
    """Each row's fold, 0..FOLDS-1: the same for all rows of a patient, whoever else is there."""
    found = {patient: _fold(patient) for patient in patient_id.unique()}
    return patient_id.map(found).to_numpy(dtype=np.int64)


def _fold(patient: int) -> int:
    digest = hashlib.sha256(f"{SEED}:{int(patient)}".encode()).digest()
    return int.from_bytes(digest[:8]) % FOLDS


def refusal(cohort: Cohort) -> str:
    """Why nothing can be learned from this cohort; empty if it can."""
    if not len(cohort.label):
        return "no hours at risk: no twin hours yet, or all patients are in intensive care"
    if len(np.unique(cohort.label)) == 1:
        happened = "every" if cohort.label[0] else "no"
        return f"{happened} patient-hour of {len(cohort.label)} was followed by deterioration"
    for fold in range(FOLDS):
        others = cohort.fold != fold
        if cohort.count_deteriorated(others) < FEWEST or cohort.label[others].all():
            return (
                f"too few patients to learn from: {cohort.count_deteriorated()} of "
                f"{cohort.count_patients()} deteriorated, {cohort.count_deteriorated(others)} "
                f"outside fold {fold} ({FEWEST} needed, and hours without)"
            )
    return ""
