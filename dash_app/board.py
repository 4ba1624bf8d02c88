"""The ward as rows to show: one per patient, the worst first, everything in words."""

from datetime import datetime, timedelta

import pandas as pd

from dash_app import current, reasons, words
from dash_app.queries import Ward

LEVEL_SHOWN_AFTER_CHANGE = timedelta(hours=4)
RANK = {level: rank for rank, level in enumerate(words.LEVELS)}


def seen(ward: Ward, now: datetime, chosen: str | None) -> pd.DataFrame:
    """The patients of the chosen ward (None: all) as they stand at `now`, in the order shown."""
    patients = ward.patients
    if chosen:
        patients = patients[patients["ward"] == chosen]
    standing = current.as_seen(patients, now)
    order = {"rank": standing["level"].map(RANK), "place": _place(standing)}
    by = ["rank", "risk", "news2_total", "place"]
    sorted_ = standing.assign(**order).sort_values(by, ascending=[True, False, False, True])
    return sorted_.drop(columns=list(order))


def rows(ward: Ward, shown: pd.DataFrame) -> list[dict]:
    """One dict per patient of `shown`, as the grid's cell renderers take it (assets/ward.js)."""
    trails = _trails(ward.trail)
    alerts = dict(list(ward.alerts[ward.alerts["state"] == "open"].groupby("patient_id")))
    before = dict(list(ward.alerts_before.groupby("patient_id")))
    return [
        _row(
            patient,
            trails.get(patient.patient_id, []),
            alerts.get(patient.patient_id),
            before.get(patient.patient_id),
        )
        for patient in shown.itertuples()
    ]


def counts(shown: pd.DataFrame) -> dict[str, int]:
    """How many patients stand at each level, all levels named."""
    found = shown["level"].value_counts()
    return {level: int(found.get(level, 0)) for level in words.LEVELS}


def alerts_today(ward: Ward, now: datetime, chosen: str | None) -> int:
    """Alerts of live sources opened since midnight UTC on the chosen ward (None: all)."""
    opened = ward.opened[ward.opened["opened"] >= pd.Timestamp(now).floor("D")]
    return len(opened[opened["ward"] == chosen] if chosen else opened)


def wards(ward: Ward) -> list[str]:
    """The wards that patients are on, in order."""
    return sorted(ward.patients["ward"].dropna().unique())


def _row(patient, trail, alerts, before) -> dict:
    """`id` is text: a 63-bit number is not safe in a browser's arithmetic."""
    return {
        "id": str(patient.patient_id),
        "level": patient.level,
        "word": words.LEVELS[patient.level],
        "was": _was(patient, before),
        **_who(patient),
        **_news2(patient),
        **_risk(patient, trail),
        "reasons": reasons.strongest(patient),
        **_alert(patient, alerts),
        **_newest(patient),
    }


def _who(patient) -> dict:
    where = [place for place in (patient.bed, patient.ward) if pd.notna(place)]
    return {
        "bed": where[0] if where else words.MISSING,
        "ward": where[1] if len(where) > 1 else "",
        "initials": patient.initials,
        "age_and_sex": words.age_and_sex(patient.age, patient.sex),
        "stay": words.stay(patient.start_time, patient.at),
    }


def _news2(patient) -> dict:
    if pd.isna(patient.news2_total):
        return {"news2": words.MISSING, "trend": "", "news2_note": "no sign recent enough"}
    total, known = int(patient.news2_total), int(patient.news2_known)
    if known < len(words.signs()):
        note = f"{known} of {len(words.signs())} signs"
        return {"news2": f"≥ {total}", "trend": "", "news2_note": note}
    return {"news2": str(total), **_trend(patient, total)}


def _trend(patient, total: int) -> dict:
    """Against the score four to eight hours ago, where both are complete."""
    if patient.earlier_known != len(words.signs()):
        return {"trend": "", "news2_note": ""}
    change = total - int(patient.earlier_total)
    arrow = "→" if not change else f"↑{change}" if change > 0 else f"↓{-change}"
    hour = words.time_of_day(patient.earlier_hour, patient.at)
    return {"trend": arrow, "news2_note": f"{int(patient.earlier_total)} at {hour}"}


def _trails(trail: pd.DataFrame) -> dict[int, list[tuple[float, float]]]:
    """Patient -> [(seconds since 1970, risk)] in order of time."""
    seconds = (trail["time"] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
    told: dict[int, list[tuple[float, float]]] = {}
    for patient_id, second, risk in zip(trail["patient_id"], seconds, trail["risk"], strict=True):
        told.setdefault(patient_id, []).append((second, risk))
    return told


def _risk(patient, trail: list[tuple[float, float]]) -> dict:
    """Percent, and the last 12 h as [hours before `at`, risk] for the sparkline."""
    if pd.isna(patient.risk):
        return {"risk": words.MISSING, "trail": [], "risk_note": _why_no_risk(patient)}
    at = patient.at.timestamp()
    hours = [[round((second - at) / 3600, 2), round(risk, 4)] for second, risk in trail]
    return {"risk": words.percent(patient.risk), "trail": hours, "risk_note": ""}


def _why_no_risk(patient) -> str:
    if pd.isna(patient.time):
        return "no data yet"
    if patient.is_critical:
        return "critical care"
    return "data too old" if isinstance(patient.model_id, str) else "not computed"


def _alert(patient, alerts) -> dict:
    """The worst open alert and since when; `alert` is empty when none is open."""
    if alerts is None:
        return {"alert": "", "alert_note": ""}
    worst = min(alerts.itertuples(), key=lambda alert: (RANK[alert.level], alert.opened))
    others = f" + {len(alerts) - 1}" if len(alerts) > 1 else ""
    since = words.age(patient.at - worst.opened)
    return {"alert": f"{words.CAUSES[worst.cause]}{others}", "alert_note": f"open {since}"}


def _was(patient, before) -> str:
    """The level before the last change of a live patient's alerts, for four hours.

    A historical load is judged at its last hour only: it has no level before.
    """
    if (
        before is None
        or not patient.is_live
        or patient.at - before["changed"].iloc[0] > LEVEL_SHOWN_AFTER_CHANGE
    ):
        return ""
    level = min(before["level"].dropna(), key=RANK.get, default="routine")
    if level == patient.level:
        return ""
    until = words.time_of_day(before["changed"].iloc[0], patient.at)
    return f"was {words.LEVELS[level]} until {until}"


def _newest(patient) -> dict:
    """How old the newest data of the patient are; of a historical one, when that was."""
    if pd.isna(patient.time):
        return {"newest": words.MISSING, "newest_note": "no data yet"}
    if patient.is_live:
        return {"newest": words.age(patient.at - patient.time), "newest_note": ""}
    return {"newest": words.day(patient.time), "newest_note": words.clock(patient.time)}


def _place(patients: pd.DataFrame) -> pd.Series:
    return patients["ward"].fillna("") + " " + patients["bed"].fillna("")
