"""The normalised utility of the 2019 challenge: what an alarm is worth, hour by hour.

Reyna et al., Crit Care Med 2020;48:210-217; the official scorer is
github.com/physionetchallenges/evaluation-2019 (clinical definitions, section 6).

A row is an hour; a patient's rows stand together, in order of time. Sepsis begins six hours after
a patient's first label of 1. Worth is counted in whole 180ths, so that sums are exact: the order
of patients changes no score and no threshold.
"""

import math

import numpy as np

from jobs.models import bootstrap, patients, ranking
from jobs.models.bootstrap import Interval

UNIT = 180
EARLY, BEST, LATE = -12, -6, 3
"""Hours from the onset of sepsis between which an alarm is worth most, and anything."""
FALSE_ALARM = -9
"""-0.05, as all of these in 180ths: 1 for a timely alarm, -2 for none by the latest hour."""


def normalised(patient_id: np.ndarray, label: np.ndarray, alarm: np.ndarray) -> float | None:
    """1 for the best alarms there could be, 0 for none at all; None if nobody has sepsis.

    All arrays are [rows]; label and alarm are 0 or 1. ValueError for a blank: the official scorer
    skips it, and shifts all that follows.
    """
    patients.same_length(patient_id, label, alarm)
    worth = _gain(patient_id, label)
    return _share(worth[patients.binary("alarm", alarm)].sum(), worth[worth > 0].sum())


def interval(
    patient_id: np.ndarray, label: np.ndarray, alarm: np.ndarray, **resampling: int
) -> Interval | None:
    """The normalised utility's 95 % interval by resampling patients; options: `bootstrap.draws`."""
    patients.same_length(patient_id, label, alarm)
    worth, number = _gain(patient_id, label), patients.numbers(patient_id)
    gained = np.bincount(number, worth * patients.binary("alarm", alarm))
    most = np.bincount(number, np.maximum(worth, 0))
    drawn = bootstrap.draws(len(most), **resampling)
    return bootstrap.interval(_share(count @ gained, count @ most) for count in drawn)


def best_threshold(patient_id: np.ndarray, label: np.ndarray, risk: np.ndarray) -> float:
    """The threshold of greatest utility on these rows: an alarm is a risk at or above it.

    Of several as good, the highest; infinite if no alarm at all is best. ValueError for a risk
    that is not a number. Use it on training rows only.
    """
    patients.same_length(patient_id, label, risk)
    risk = patients.numeric("risk", risk)
    order, is_last = ranking.highest_first(risk)
    total = np.cumsum(_gain(patient_id, label)[order])[is_last]
    ordered = risk[order][is_last]
    best = int(np.argmax(total))
    return float(ordered[best]) if total[best] > 0 else math.inf


def gain(patient_id: np.ndarray, label: np.ndarray) -> np.ndarray:
    """How much more an alarm is worth than none in each row, float64 [rows]."""
    return _gain(patient_id, label) / UNIT


def of_rows(patient_id: np.ndarray, label: np.ndarray, alarm: np.ndarray) -> np.ndarray:
    """What each row is worth with these alarms, before normalisation, float64 [rows]."""
    patients.same_length(patient_id, label, alarm)
    hour, is_septic = _hours_from_sepsis(patient_id, label)
    is_alarm = patients.binary("alarm", alarm)
    return np.where(is_alarm, _alarm(hour, is_septic), _silence(hour, is_septic)) / UNIT


def _gain(patient_id: np.ndarray, label: np.ndarray) -> np.ndarray:
    hour, is_septic = _hours_from_sepsis(patient_id, label)
    return _alarm(hour, is_septic) - _silence(hour, is_septic)


def _hours_from_sepsis(patient_id: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each row, the hours since its patient's onset, and whether there is one."""
    patients.same_length(patient_id, label)
    is_labelled, row = patients.binary("label", label), np.arange(len(patient_id))
    first_row = patients.starts(patient_id)
    if not len(row):
        return row, is_labelled
    first_label = np.minimum.reduceat(np.where(is_labelled, row, len(row)), first_row)
    first_label = np.repeat(first_label, np.diff(first_row, append=len(row)))
    return row - (first_label - BEST), first_label < len(row)


def _alarm(hour: np.ndarray, is_septic: np.ndarray) -> np.ndarray:
    rising = np.maximum((hour - EARLY) * UNIT // (BEST - EARLY), FALSE_ALARM)
    falling = np.maximum((LATE - hour) * UNIT // (LATE - BEST), 0)
    return np.where(is_septic, np.where(hour <= BEST, rising, falling), FALSE_ALARM)


def _silence(hour: np.ndarray, is_septic: np.ndarray) -> np.ndarray:
    missed = -2 * (hour - BEST) * UNIT // (LATE - BEST)
    return np.where(is_septic & (hour > BEST) & (hour <= LATE), missed, 0)


def _share(gained: float, most: float) -> float | None:
    return float(gained / most) if most else None
