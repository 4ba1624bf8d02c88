"""Which patients are flagged, by which measure, and the signs that made it so."""

import math

import pandas as pd

from jobs.anomalies import outliers, robust, signs
from jobs.anomalies.limits import limit
from jobs.anomalies.outliers import Detectors
from jobs.anomalies.state import known, state


def judged(now: pd.DataFrame, hours: pd.DataFrame, detectors: Detectors | None) -> pd.DataFrame:
    """One row per row of `now`: patient_id, time, known, forest, svm, is_flagged and signs.

    `now` are twins, `hours` hourly twins with these patients' last days. `signs` is a list of what
    to say of each sign that made the flag, the strongest first; empty where nothing is flagged.
    """
    states = state(now, "time")
    own = robust.baselines(now, hours).set_axis(now.index)
    far = robust.z(states, own)
    rank = outliers.ranks(detectors, states)
    is_rare = rank.max(axis=1) > limit("flag_quantile")
    is_far = far.abs() > limit("robust_z")
    named = _far_signs(far, is_far)
    if detectors is not None:
        usual = pd.DataFrame({sign: own[f"{sign}_median"] for sign in signs.SIGNS})
        shares = outliers.blame(detectors, states[is_rare], usual[is_rare])
        for row, share in shares.iterrows():
            named[row] += [sign for sign in _strongest(share) if sign not in named[row]]
    told = [
        [_told(sign, now.loc[row], own.loc[row], far.loc[row], detectors) for sign in named[row]]
        for row in now.index
    ]
    found = now[["patient_id", "time"]].assign(known=known(states), **rank)
    return found.assign(is_flagged=is_rare | is_far.any(axis=1), signs=told)


def _far_signs(far: pd.DataFrame, is_far: pd.DataFrame) -> dict[int, list[str]]:
    """Row -> the signs that are far from the patient's own usual, the furthest first."""
    named = {row: [] for row in far.index}
    for row in far.index[is_far.any(axis=1)]:
        distance = far.loc[row][is_far.loc[row]].abs()
        named[row] = list(distance.sort_values(ascending=False, kind="stable").index)
    return named


def _strongest(share: pd.Series) -> list[str]:
    """The signs that a rare state is mostly made of."""
    largest = share.sort_values(ascending=False, kind="stable").head(int(limit("most_signs")))
    return list(largest.index[(largest > 0) & (largest >= limit("blame_share") * largest.max())])


def _told(
    sign: str, twin: pd.Series, own: pd.Series, far: pd.Series, detectors: Detectors | None
) -> dict:
    """concept, value, time (ISO 8601), usual (the own median), z and words."""
    value, usual = float(twin[f"{sign}_last"]), float(own[f"{sign}_median"])
    words = f"{signs.name(sign)} {signs.number(sign, value)} {signs.unit(sign)}"
    if not math.isnan(usual):
        words += f", own usual {signs.number(sign, usual)}"
    elif detectors is not None:
        words += f", median of all {signs.number(sign, detectors.medians[f'{sign}_last'])}"
    return {
        "concept": sign,
        "value": round(value, signs.decimals(sign)),
        "time": twin[f"{sign}_time"].isoformat(),
        "usual": _rounded(usual, 4),
        "z": _rounded(float(far[sign]), 2),
        "words": words,
    }


def _rounded(value: float, places: int) -> float | None:
    return None if math.isnan(value) else round(value, places)
