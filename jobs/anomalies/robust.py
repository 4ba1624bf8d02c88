"""How far each sign is from the patient's own usual, in robust standard deviations."""

import pandas as pd

from jobs.anomalies import signs, state
from jobs.anomalies.limits import limit

TO_SD = 1.4826
"""Median absolute deviation -> standard deviation, where values are normal."""


def baselines(now: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
    """`<sign>_median` and `<sign>_sd` per patient_id, the patients of `now` in its order.

    `now` has patient_id and time, `hours` the hourly twins in any order. Only hours in which the
    sign was measured count, of those `baseline_hours` before the instant, the last ones excluded.
    Missing with too few hours; the sd is never less than that of the least charted difference.
    """
    own = _own_hours(now, hours)
    columns = {}
    for sign in signs.SIGNS:
        is_fresh = state.is_younger(own, "hour", sign, 1)
        values = own.loc[is_fresh, f"{sign}_last"].astype(float)
        patient = own.loc[is_fresh, "patient_id"]
        middle = values.groupby(patient).median()
        spread = (values - patient.map(middle)).abs().groupby(patient).median()
        is_enough = values.groupby(patient).size() >= limit("baseline_least_hours")
        columns[f"{sign}_median"] = middle.where(is_enough)
        columns[f"{sign}_sd"] = TO_SD * spread.clip(signs.resolution(sign)).where(is_enough)
    return pd.DataFrame(columns).reindex(now["patient_id"].to_numpy())


def _own_hours(now: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
    """The rows of `hours` that may be a baseline."""
    own = hours.merge(now[["patient_id", "time"]], on="patient_id")
    since = own["time"] - pd.Timedelta(hours=limit("baseline_hours"))
    until = own["time"] - pd.Timedelta(hours=limit("baseline_excluded_hours"))
    return own[(own["hour"] > since) & (own["hour"] <= until)]


def z(states: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """(latest value - own median) / own sd: a column per sign; rows as in `states`."""
    columns = {
        sign: (states[f"{sign}_last"].to_numpy() - own[f"{sign}_median"].to_numpy())
        / own[f"{sign}_sd"].to_numpy()
        for sign in signs.SIGNS
    }
    return pd.DataFrame(columns, index=states.index)
