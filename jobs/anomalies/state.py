"""What a twin says of the signs: latest values that still count, and their changes in 24 h."""

import pandas as pd

from jobs.anomalies import signs


def state(twins: pd.DataFrame, instant: str) -> pd.DataFrame:
    """`<sign>_last` and `<sign>_change` of each twin, missing where the latest value is too old.

    `instant` names the column that holds each row's own time (`hour` or `time`).
    """
    columns = {}
    for sign in signs.SIGNS:
        is_young = is_younger(twins, instant, sign, signs.valid_hours(sign))
        for part in ("last", "change"):
            columns[f"{sign}_{part}"] = twins[f"{sign}_{part}"].astype(float).where(is_young)
    return pd.DataFrame(columns, index=twins.index)


def is_younger(twins: pd.DataFrame, instant: str, sign: str, hours: float) -> pd.Series:
    """Whether the latest value is less than so many hours old, and not of later."""
    age = twins[instant] - twins[f"{sign}_time"]
    return (age >= pd.Timedelta(0)) & (age < pd.Timedelta(hours=hours))


def known(states: pd.DataFrame) -> pd.Series:
    """How many signs each state has."""
    return states[[f"{sign}_last" for sign in signs.SIGNS]].notna().sum(axis=1)
