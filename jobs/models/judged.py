"""The judged hours as arrays, checked once: what every figure is computed from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobs.models import alarms, alert_kernel, bootstrap, patients
from jobs.models.bootstrap import Interval

FEWEST_PATIENTS, FEWEST_EVENTS = 10, 5
"""A group with fewer could tell of a person."""
HIDDEN_BELOW = 10

NO_SIGN = -1.0
"""NEWS2 where no sign is known ranks lowest: it raises no alarm."""


@dataclass(frozen=True)
class Judged:
    """Patient-hours; a patient's stand together, in order of time. All arrays [rows]."""

    patient: np.ndarray
    """0, 1, 2 ... in order of patient_id."""
    time: np.ndarray
    """Hours."""
    label: np.ndarray
    risk: np.ndarray
    news2: np.ndarray
    """Points; NO_SIGN where no sign is known."""
    event: np.ndarray
    """The hour of the event that the label foretells; NaN where it is not known."""

    @property
    def everybody(self) -> np.ndarray:
        """Each patient once, int64 [patients]."""
        return np.ones(self.patient.max(initial=-1) + 1, dtype=np.int64)

    def count_events(self) -> int:
        """Patients with an hour labelled 1."""
        return len(np.unique(self.patient[self.label]))

    def is_small(self) -> bool:
        return len(self.everybody) < FEWEST_PATIENTS or self.count_events() < FEWEST_EVENTS


def read(rows: pd.DataFrame) -> Judged:
    """Columns patient_id, time (hours), label (0 or 1) and risk; news2 and event where known.

    ValueError for a label or a risk that is missing (leave out the hours at which the model
    abstains), and where a patient's rows are apart or not in order of time.
    """
    patient_id, time = rows["patient_id"].to_numpy(), patients.numeric("time", rows["time"])
    patients.starts(patient_id)
    if ((patient_id[1:] == patient_id[:-1]) & (time[1:] <= time[:-1])).any():
        raise ValueError("the rows of a patient must be in order of time, one an hour")
    return Judged(
        patients.numbers(patient_id),
        time,
        patients.binary("label", rows["label"]),
        patients.numeric("risk", rows["risk"]),
        np.nan_to_num(_column(rows, "news2"), nan=NO_SIGN),
        _column(rows, "event"),
    )


def _column(rows: pd.DataFrame, name: str) -> np.ndarray:
    return rows[name].to_numpy(dtype=float) if name in rows else np.full(len(rows), np.nan)


def shown(number: int) -> int | str:
    """A count that may be shown: small ones are told as "<10"."""
    return number if number >= HIDDEN_BELOW else f"<{HIDDEN_BELOW}"


class Alerts:
    """What one way to raise alarms brings, as figures and as intervals of the same figures."""

    def __init__(self, hours: Judged, is_alarm: np.ndarray, snooze: float = 0.0) -> None:
        """`is_alarm` bool [rows]; `snooze`: hours after an alert opens before another may."""
        opened, is_open = alert_kernel.alerts(hours.patient, hours.time, is_alarm, float(snooze))
        self._counted = alarms.count(hours.patient, hours.label, opened, is_open)
        is_right = is_open & hours.label
        self._leads = alarms.leads(hours.patient, hours.time, hours.event, is_right)

    def figures(self, count: np.ndarray) -> dict[str, float | int | None]:
        """As `alarms.rates`, and lead_hours; each patient counted `count` times."""
        found = alarms.rates(count @ self._counted)
        return found | {"lead_hours": alarms.median_lead(self._leads, count)}


def intervals(figures: list[dict[str, float | None]]) -> dict[str, Interval | None]:
    """Of each figure, its 95 % interval over the resamples."""
    return {name: bootstrap.interval(found[name] for found in figures) for name in figures[0]}
