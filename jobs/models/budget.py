"""The alert budget: how low a threshold may be before a ward has more alerts than it can answer.

"One new alert a day per 35 patients" is how the Advance Alert Monitor was set (clinical
definitions, section 8). Rows are patient-hours, as in `figures`; and `ward` for `by_ward`.
"""

import math

import numpy as np
import pandas as pd

from jobs.models import alert_kernel, bootstrap, judged, patients, ranking
from jobs.models.judged import Alerts, Judged

DAY = 24


def solve(
    rows: pd.DataFrame, *, patients_per_alert: float, snooze: float, **resampling: int
) -> dict:
    """The lowest threshold within the budget, and what it brings on these rows.

    {threshold, patients, events, allowed (alerts), figures, intervals}: figures as `alarms.rates`,
    and lead_hours; their 95 % intervals by resampling patients at this threshold. `snooze`: hours
    after an alert opens in which the patient has no new one. Threshold None: even the highest risk
    gives too many. Small groups: no figures, as in `figures.subgroups`.
    """
    hours = judged.read(rows)
    found = _threshold(hours, patients_per_alert, snooze)
    return {
        "threshold": found,
        "allowed": len(rows) / DAY / patients_per_alert,
        **at(rows, math.inf if found is None else found, snooze=snooze, **resampling),
    }


def by_ward(rows: pd.DataFrame, **asked: float) -> list[dict]:
    """`solve` for each ward on the hours spent there: who comes from another has no open alert."""
    return [{"ward": ward, **solve(own, **asked)} for ward, own in rows.groupby("ward")]


def at(rows: pd.DataFrame, threshold: float, *, snooze: float, **resampling: int) -> dict:
    """What a threshold brings, also on rows that it was not chosen on; see `solve`."""
    hours = judged.read(rows)
    alerts = Alerts(hours, hours.risk >= threshold, snooze)
    figures = alerts.figures(hours.everybody)
    told = {
        "patients": judged.shown(len(hours.everybody)),
        "events": judged.shown(hours.count_events()),
    }
    if hours.is_small():
        return told | {"figures": dict.fromkeys(figures), "intervals": dict.fromkeys(figures)}
    drawn = bootstrap.draws(len(hours.everybody), **resampling)
    limits = judged.intervals([alerts.figures(count) for count in drawn])
    return told | {"figures": figures, "intervals": limits}


def _threshold(hours: Judged, patients_per_alert: float, snooze: float) -> float | None:
    """The lowest risk at which the alerts are within the budget; ties are in or out together.

    Not where they first go beyond it: lower thresholds can have fewer, as alerts run together.
    """
    rows = len(hours.patient)
    first = np.append(patients.starts(hours.patient), rows)
    risk, change = alert_kernel.changes(first, hours.time, hours.risk, float(snooze))
    order, is_last = ranking.highest_first(risk)
    is_within = np.cumsum(change[order]) * patients_per_alert * DAY <= rows
    within = risk[order][is_last & is_within]
    return float(within[-1]) if len(within) else None
