"""What a page must say before anything else: how old the data are, and what is not working."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd

from dash_app import words
from dash_app.current import is_in_hospital


class Banner(NamedTuple):
    """`tone`: info, amber (think twice) or red (do not rely on it: scores are greyed)."""

    tone: str
    text: str


def newest_live(shown: pd.DataFrame) -> datetime | None:
    """When the newest data of a live patient among `shown` were known; None without any."""
    newest = shown.loc[shown["is_live"] & is_in_hospital(shown), "time"].max()
    return None if pd.isna(newest) else newest.to_pydatetime()


def of(shown: pd.DataFrame, last_risk, now: datetime) -> list[Banner]:
    """What there is to say of the patients of a page (`current.as_seen`).

    `last_risk`: when the newest of their risks was computed for, NaT if there is none.
    """
    return [banner for banner in (_historical(shown), _degraded(shown, last_risk, now)) if banner]


def is_red(said: list[Banner]) -> bool:
    """Whether scores are not to be relied on."""
    return any(banner.tone == "red" for banner in said)


def of_age(newest: datetime | None, now: datetime, limit: timedelta) -> list[Banner]:
    """What there is to say of the age of a ward's newest data: amber, red beyond twice the limit.

    Of a ward and not of one patient: many are charted every four hours, and nothing is wrong.
    """
    if newest is None or now - newest <= limit:
        return []
    text = (
        f"Data are {words.age(now - newest)} old (limit {words.age(limit)}). "
        "Scores may not show the patient's present state."
    )
    return [Banner("red" if now - newest > 2 * limit else "amber", text)]


def _historical(shown: pd.DataFrame) -> Banner | None:
    if shown["is_live"].all():
        return None
    return Banner("info", "Historical records: each patient is shown at their own last hour.")


def _degraded(shown: pd.DataFrame, last_risk, now: datetime) -> Banner | None:
    """Patients have a NEWS2, and none of them has a risk that belongs to the same data.

    In critical care none is predicted.
    """
    scored = shown[shown["news2_total"].notna() & ~shown["is_critical"]]
    if scored.empty or scored["risk"].notna().any():
        return None
    since = "" if pd.isna(last_risk) else f" since {words.time_of_day(last_risk, now)}"
    return Banner("amber", f"Risk model unavailable{since}. NEWS2 only.")
