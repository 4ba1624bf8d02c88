"""The two events of the 2012 challenge: one row per patient, label 1 for death in hospital.

Silva et al., Comput Cardiol 2012;39:245-248; the official scripts are genresults.m 2.0 (Event 1)
and lemeshow.m 1.4 (Event 2), physionet.org/content/challenge-2012.
"""

import numpy as np

from jobs.models import bootstrap, patients, ranking
from jobs.models.bootstrap import Interval

DECILES = 10
SOFTENING = 0.001
"""Added to each decile's variance by lemeshow.m."""


def event1(label: np.ndarray, alarm: np.ndarray) -> float | None:
    """The smaller of sensitivity and positive predictive value; 1 is best, None without a death.

    Arrays [patients] of 0 and 1; ValueError for a blank.
    """
    patients.same_length(label, alarm)
    died, foretold = patients.binary("label", label), patients.binary("alarm", alarm)
    return _event1((died & foretold).sum(), died.sum(), foretold.sum())


def event1_interval(label: np.ndarray, alarm: np.ndarray, **resampling: int) -> Interval | None:
    """Event 1's 95 % interval by resampling patients; options: `bootstrap.draws`."""
    patients.same_length(label, alarm)
    died, foretold = patients.binary("label", label), patients.binary("alarm", alarm)
    sums = np.column_stack([died & foretold, died, foretold]).astype(int)
    drawn = bootstrap.draws(len(sums), **resampling)
    return bootstrap.interval(_event1(*(count @ sums)) for count in drawn)


def best_threshold(label: np.ndarray, risk: np.ndarray) -> float:
    """The threshold of greatest Event 1 on these patients: an alarm is a risk at or above it.

    Of several as good, the highest. ValueError if nobody died, or for a risk that is not a number.
    Use it on training patients only.
    """
    patients.same_length(label, risk)
    died, risk = patients.binary("label", label), patients.numeric("risk", risk)
    if not died.any():
        raise ValueError("nobody died: Event 1 has no best threshold")
    order, is_last = ranking.highest_first(risk)
    found = np.cumsum(died[order]) / np.maximum(np.arange(1, len(risk) + 1), died.sum())
    return float(risk[order][is_last][np.argmax(found[is_last])])


def event2(label: np.ndarray, risk: np.ndarray) -> float | None:
    """Hosmer-Lemeshow's H over ten bins by risk, divided by the range of their mean risks.

    0 is best; None with fewer than ten patients, or where the first and last bin have the same
    mean risk. As in lemeshow.m bins have floor(patients / 10) each, and the few of highest risk
    who are left over count in none. Equal risks stay in the order given. ValueError for a risk
    outside 0..1.
    """
    patients.same_length(label, risk)
    died, risk = patients.binary("label", label), patients.numeric("risk", risk)
    if ((risk < 0) | (risk > 1)).any():
        raise ValueError("a risk is a probability, between 0 and 1")
    size = len(risk) // DECILES
    if not size:
        return None
    bins = np.argsort(risk, kind="stable")[: size * DECILES].reshape(DECILES, size)
    observed, mean = died[bins].sum(axis=1), risk[bins].mean(axis=1)
    variance = size * mean * (1 - mean) + SOFTENING
    spread = mean[-1] - mean[0]
    return float(((observed - size * mean) ** 2 / variance).sum() / spread) if spread else None


def _event1(found: int, deaths: int, alarms: int) -> float | None:
    """min(found / deaths, found / alarms)"""
    return float(found / max(deaths, alarms)) if deaths else None
