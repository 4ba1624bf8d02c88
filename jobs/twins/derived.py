"""Physiology worked out from several signs; how many hours may lie between them: derived.csv."""

from functools import cache

import numpy as np

from jobs.twins.kernel import HOUR
from jobs.twins.signs import Latest
from warehouse import vocabulary

ROOM_AIR = 21.0
"""Per cent of oxygen in what is breathed without any added."""


def of(valid: dict[str, Latest], oxygen: np.ndarray) -> dict[str, np.ndarray]:
    """Each derived value at each instant, NaN where a part is missing or too far from the others.

    `valid`: the latest values that are still valid, by concept; `oxygen`: 1 on oxygen, 0 on air,
    NaN unknown.
    """
    systolic, diastolic = valid["systolic_bp"], valid["diastolic_bp"]
    fraction = _inspired(valid["fio2"], oxygen)
    pulse = _combined("pulse_pressure", lambda s, d: s - d, systolic, diastolic)
    rate = valid["respiratory_rate"]
    return {
        "map": _mean_pressure(valid["mean_bp"], diastolic, pulse),
        "pulse_pressure": pulse,
        "shock_index": _combined("shock_index", np.divide, valid["heart_rate"], systolic),
        "pf_ratio": _combined("pf_ratio", np.divide, valid["pao2"], fraction),
        "rox_index": _combined("rox_index", _rox, valid["spo2"], fraction, rate),
    }


def _rox(spo2: np.ndarray, fraction: np.ndarray, rate: np.ndarray) -> np.ndarray:
    return spo2 / fraction / rate


def _inspired(fio2: Latest, oxygen: np.ndarray) -> Latest:
    """The inspired fraction (0..1): as measured, or room air's where nobody gives oxygen.

    What is breathed now has no time of its own: it is taken to lie beside every other value.
    """
    is_air = np.isnan(fio2.value) & (oxygen == 0)
    value = np.where(is_air, ROOM_AIR, fio2.value) / 100
    return Latest(value, np.where(is_air, ALWAYS, fio2.time))


ALWAYS = np.iinfo(np.int64).max
"""The time of a value that holds at any time."""


def _mean_pressure(measured: Latest, diastolic: Latest, pulse: np.ndarray) -> np.ndarray:
    estimated = diastolic.value + pulse / 3
    is_newer = ~np.isnan(estimated) & (diastolic.time > measured.time)
    return np.where(is_newer, estimated, measured.value)


def _combined(name: str, formula, *parts: Latest) -> np.ndarray:
    """The formula's value where all parts are known, and lie as near each other as they must."""
    times = np.stack([part.time for part in parts])
    first = times.min(axis=0)
    last = np.where(times == ALWAYS, first, times).max(axis=0)
    is_near = last <= first + _within(name) * HOUR
    with np.errstate(divide="ignore", invalid="ignore"):
        found = formula(*(part.value for part in parts))
    return np.where(is_near & np.isfinite(found), found, np.nan)


@cache
def _within(name: str) -> int:
    return int(vocabulary.table("derived").set_index("name").at[name, "within_hours"])
