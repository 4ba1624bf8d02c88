"""What is reported of a model on patients it has never seen, for any outcome.

Rows are patient-hours: patient_id, time (hours), label, risk, news2 (NaN where no sign is known)
and, where known, event (the hour of the event that the label foretells). A patient's rows stand
together, in order of time. Figures without a prefix are of patient-hours; what cannot be computed
is None.
"""

import numpy as np
import pandas as pd

from jobs.models import bootstrap, judged, matched, ranking, reliability
from jobs.models.bootstrap import Interval
from jobs.models.judged import NO_SIGN, Alerts, Judged
from jobs.models.ranking import Ranked


def of(rows: pd.DataFrame, threshold: float) -> dict:
    """Every figure of these rows; an alarm is a risk at or above the threshold.

    `patient_auroc`: the patients' highest risk against whether they have an hour labelled 1.
    `at_threshold`: as `alarms.rates`; lead_hours is the median from an event's first alarm within
    the horizon. `matched`: see there.
    """
    hours = judged.read(rows)
    once = hours.everybody
    return {
        "rows": len(rows),
        "positives": int(hours.label.sum()),
        "patients": len(once),
        "patients_with_event": hours.count_events(),
        "news2_rows": int((hours.news2 > NO_SIGN).sum()),
        **_whole(hours)(once),
        "patient_auroc": _patient_auroc(hours, hours.risk),
        "patient_auroc_news2": _patient_auroc(hours, hours.news2),
        "calibration_curve": reliability.curve(hours.label, hours.risk),
        "at_threshold": {
            "threshold": threshold,
            **Alerts(hours, hours.risk >= threshold).figures(once),
        },
        "matched": matched.of(hours),
    }


def intervals(
    rows: pd.DataFrame, threshold: float, **resampling: int
) -> dict[str, Interval | None]:
    """95 % intervals of the figures without a list in them, by resampling patients.

    Those at the threshold have their own names beside the others; `auroc_difference` is the
    model's less NEWS2's in the same resamples. Options: `bootstrap.draws`.
    """
    hours = judged.read(rows)
    whole = _whole(hours)
    alerts = Alerts(hours, hours.risk >= threshold)
    drawn = bootstrap.draws(len(hours.everybody), **resampling)
    return judged.intervals([whole(count) | alerts.figures(count) for count in drawn])


def subgroups(rows: pd.DataFrame, columns: list[str], threshold: float) -> list[dict]:
    """The figures of each group of each column: {column, group, patients, events, ...}.

    A patient whose group changes counts in each, with the hours spent there; a missing group is
    "unknown". Groups of under 10 patients or under 5 with an event have no figures, and a count
    under 10 is told as "<10".
    """
    return [
        {"column": column, "group": str(group), **_group(own, threshold)}
        for column in columns
        for group, own in rows.groupby(_named(rows[column]), observed=True)
    ]


def _named(group: pd.Series) -> pd.Series:
    return group.astype(object).where(group.notna(), "unknown").astype(str)


def _group(rows: pd.DataFrame, threshold: float) -> dict:
    hours = judged.read(rows)
    once = hours.everybody
    found = _whole(hours)(once)
    found |= Alerts(hours, hours.risk >= threshold).figures(once)
    told = {"patients": judged.shown(len(once)), "events": judged.shown(hours.count_events())}
    return told | (dict.fromkeys(found) if hours.is_small() else found)


def _whole(hours: Judged):
    """The figures that need no threshold, as a function of how often each patient counts."""
    risk, other = (Ranked(hours.label, score, hours.patient) for score in (hours.risk, hours.news2))
    odds = reliability.log_odds(hours.risk)
    error = np.bincount(hours.patient, (hours.risk - hours.label) ** 2)
    size = np.bincount(hours.patient)
    point = reliability.line(hours.label, odds, hours.patient, hours.everybody)
    is_scored = (hours.news2 > NO_SIGN).any()

    def figures(count: np.ndarray) -> dict[str, float | None]:
        auroc, auprc = risk.areas(count)
        auroc_news2, auprc_news2 = other.areas(count) if is_scored else (None, None)
        line = reliability.line(hours.label, odds, hours.patient, count, point)
        slope, intercept = line or (None, None)
        return {
            "auroc": auroc,
            "auroc_news2": auroc_news2,
            "auroc_difference": None if None in (auroc, auroc_news2) else auroc - auroc_news2,
            "auprc": auprc,
            "auprc_news2": auprc_news2,
            "brier": float(count @ error / (count @ size)) if len(count) else None,
            "calibration_slope": slope,
            "calibration_intercept": intercept,
        }

    return figures


def _patient_auroc(hours: Judged, score: np.ndarray) -> float | None:
    """None also where no score is known."""
    if (score == NO_SIGN).all():
        return None
    highest, ever = np.full(len(hours.everybody), NO_SIGN), np.zeros(len(hours.everybody))
    np.maximum.at(highest, hours.patient, score)
    np.maximum.at(ever, hours.patient, hours.label)
    return ranking.areas(ever, highest)[0]
