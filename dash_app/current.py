"""What of a stored twin still counts when it is looked at: twins store times, never ages."""

from datetime import datetime, timedelta
from functools import cache

import pandas as pd

from dash_app.words import signs
from jobs.alerts import levels
from warehouse import vocabulary

GCS_PARTS = ("gcs_eye", "gcs_verbal", "gcs_motor")


def as_seen(patients: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """`patients` (sql/patients.sql) as they stand when looked at; rows and other columns as given.

    Adds `at`, the instant ages are held against: `now` for patients of a live source in hospital,
    else the patient's own last hour. Parts of NEWS2, the totals and the risk that are too old at
    `at` become NaN. Adds `news2_level`, `risk_level` and the worse of them, `level`: routine,
    watch, urgent, emergency or unknown.
    """
    seen = _with_gcs_of_parts(patients.assign(at=_instant(patients, now)))
    parts = {f"news2_{sign}": _counting(seen, sign) for sign in signs()}
    points = pd.DataFrame(parts, index=seen.index)
    seen = seen.assign(
        **parts,
        news2_total=points.sum(axis=1).where(_is_enough(points)),
        news2_known=points.notna().sum(axis=1),
        news2_highest=points.max(axis=1),
        risk=seen["risk"].where(seen["at"] - seen["time"] < _shortest_life()),
    )
    return _with_levels(seen)


def _is_enough(points: pd.DataFrame) -> pd.Series:
    """*Ours*: air or oxygen, which counts for longer than any sign, is no score by itself."""
    return points.drop(columns="news2_oxygen").notna().any(axis=1)


def source_of(patient, sign: str) -> str | None:
    """The concept that told this part of NEWS2, if it is young enough at `patient.at`: the newest.

    `patient` is a row of `as_seen`. Consciousness may be told by the Glasgow coma scale, oxygen by
    its flow or fraction.
    """
    told = [
        (getattr(patient, f"{concept}_time"), concept)
        for concept in _sources(sign)
        if _agrees(patient, sign, concept)
    ]
    young = [(time, concept) for time, concept in told if patient.at - time < _valid(concept)]
    return max(young)[1] if young else None


def is_in_hospital(patients: pd.DataFrame) -> pd.Series:
    """Whether the newest stay has neither ended nor ended in death."""
    return patients["end_time"].isna() & patients["death_time"].isna()


def _instant(patients: pd.DataFrame, now: datetime) -> pd.Series:
    is_now = patients["is_live"] & is_in_hospital(patients) | patients["time"].isna()
    return patients["time"].mask(is_now, pd.Timestamp(now))


def _with_gcs_of_parts(seen: pd.DataFrame) -> pd.DataFrame:
    """`gcs` as the sum of eye, verbal and motor response where that is newer than a charted one."""
    times = seen[[f"{part}_time" for part in GCS_PARTS]]
    total = seen[[f"{part}_last" for part in GCS_PARTS]].sum(axis=1)
    oldest, newest = times.min(axis=1, skipna=False), times.max(axis=1)
    is_newer = (seen["at"] - oldest < _valid("gcs")) & ~(seen["gcs_time"] >= newest)
    return seen.assign(
        gcs_last=seen["gcs_last"].mask(is_newer, total),
        gcs_time=seen["gcs_time"].mask(is_newer, newest),
    )


def _counting(seen: pd.DataFrame, sign: str) -> pd.Series:
    """The points of one part of NEWS2 where a measurement that can tell it is young enough."""
    is_young = pd.Series(False, index=seen.index)
    for concept in _sources(sign):
        is_young |= seen["at"] - seen[f"{concept}_time"] < _valid(concept)
    return seen[f"news2_{sign}"].where(is_young)


def _sources(sign: str) -> list[str]:
    if sign == "oxygen":
        return list(_oxygen_limits())
    return [sign, "gcs"] if sign == "consciousness" else [sign]


def _agrees(patient, sign: str, concept: str) -> bool:
    """Of what was said about oxygen, only what gave the points that were given."""
    if sign != "oxygen":
        return True
    is_oxygen = getattr(patient, f"{concept}_last") > _oxygen_limits()[concept]
    return is_oxygen == (patient.news2_oxygen > 0)


@cache
def _oxygen_limits() -> dict[str, float]:
    """Concept -> the value above which it means supplemental oxygen."""
    table = vocabulary.table("supplemental_oxygen")
    return dict(zip(table["concept"], table["above"].astype(float), strict=True))


@cache
def _valid(concept: str) -> timedelta:
    return timedelta(hours=float(vocabulary.concepts().at[concept, "valid_hours"]))


def _shortest_life() -> timedelta:
    """A risk counts no longer than the shortest-lived of the signs that it was computed from."""
    return min(_valid(sign) for sign in signs())


def _with_levels(seen: pd.DataFrame) -> pd.DataFrame:
    by_score, by_risk = levels.news2_level(seen), levels.risk_level(seen["risk"])
    has_score, has_risk = seen["news2_total"].notna(), seen["risk"].notna()
    return seen.assign(
        news2_level=by_score.where(has_score, "unknown"),
        risk_level=by_risk.where(has_risk, "unknown"),
        level=levels.worst(by_score, by_risk).where(has_score | has_risk, "unknown"),
    )
