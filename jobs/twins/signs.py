"""Latest values, and what NEWS2 is told of them: which sign is still valid, and what it means."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from jobs.twins import kernel
from jobs.twins.kernel import HOUR
from jobs.twins.readings import Readings
from jobs.twins.scores import MEASURED
from warehouse import vocabulary

GCS_PARTS = ("gcs_eye", "gcs_verbal", "gcs_motor")
OXYGEN = ("oxygen", "oxygen_flow", "fio2")
TOLD_BY = {name: (name,) for name in MEASURED} | {
    "spo2": ("spo2", "spo2_scale", *OXYGEN),
    "oxygen": OXYGEN,
    "consciousness": ("consciousness", "gcs", *GCS_PARTS),
    "scale": ("spo2_scale",),
}
"""Part of NEWS2 -> the concepts that tell it."""

NEVER = np.iinfo(np.int64).min
"""The time of a value that there is not."""


class Latest(NamedTuple):
    """The latest value at each instant: float64, NaN where there is none, and its time or NEVER."""

    value: np.ndarray
    time: np.ndarray

    def within(self, instant: np.ndarray, hours: float) -> "Latest":
        """Without the values that are `hours` old or older."""
        return self.where(self.time > instant - int(hours * HOUR))

    def where(self, is_kept: np.ndarray) -> "Latest":
        return Latest(np.where(is_kept, self.value, np.nan), np.where(is_kept, self.time, NEVER))


def latest(readings: Readings, instant: np.ndarray, hours: int) -> Latest:
    """The latest value known at each instant (int64 microseconds), at most `hours` old."""
    *known, value, first, last = readings
    row = kernel.latest(*known, first, last, instant, hours)
    is_there = row >= 0
    if not is_there.any():
        return Latest(np.full(len(instant), np.nan), np.full(len(instant), NEVER))
    return Latest(value[row], readings.time[row]).where(is_there)


def valid(found: dict[str, Latest], instant: np.ndarray) -> dict[str, Latest]:
    """Each concept's latest value while it is younger than its `valid_hours`."""
    hours = vocabulary.concepts()["valid_hours"]
    return {name: latest.within(instant, hours[name]) for name, latest in found.items()}


def of(valid: dict[str, Latest]) -> pd.DataFrame:
    """The signs that the bedside scores read, of the latest values that are still valid.

    Columns: those of `MEASURED`, oxygen (1, 0 air), consciousness, spo2_scale, gcs, paco2,
    leukocytes; NaN unknown.
    """
    signs = {name: valid[name].value for name in (*MEASURED, "paco2", "leukocytes")}
    signs["oxygen"] = _oxygen(valid)
    signs["consciousness"] = _consciousness(valid)
    signs["gcs"] = _newest(valid["gcs"], _gcs_of_parts(valid)).value
    signs["spo2_scale"] = valid["spo2_scale"].value
    return pd.DataFrame(signs)


def _oxygen(valid: dict[str, Latest]) -> np.ndarray:
    """1 on oxygen, 0 on air, NaN unknown: what was said last; of equal times, oxygen."""
    table = vocabulary.table("supplemental_oxygen").astype({"above": float})
    sayings = [valid[concept] for concept in table["concept"]]
    time = np.stack([saying.time for saying in sayings])
    value = np.stack([saying.value for saying in sayings])
    is_oxygen = value > table["above"].to_numpy()[:, None]
    newest = time.max(axis=0)
    said = (is_oxygen & (time == newest)).any(axis=0)
    return np.where(newest == NEVER, np.nan, said)


def _consciousness(valid: dict[str, Latest]) -> np.ndarray:
    """ACVPU as recorded, else by the Glasgow coma scale; the newest, and of equals the first."""
    sayings = [valid["consciousness"], _by_gcs(valid["gcs"]), _by_gcs(_gcs_of_parts(valid))]
    newest = np.stack([saying.time for saying in sayings]).argmax(axis=0)
    return np.choose(newest, [saying.value for saying in sayings])


def _newest(one: Latest, other: Latest) -> Latest:
    """Whichever was told later; of equal times, the first."""
    return Latest(
        np.where(other.time > one.time, other.value, one.value), np.maximum(one.time, other.time)
    )


def _gcs_of_parts(valid: dict[str, Latest]) -> Latest:
    """The sum of eye, verbal and motor response while all three are valid, as of the newest."""
    parts = [valid[part] for part in GCS_PARTS]
    total = sum(part.value for part in parts)
    time = np.maximum.reduce([part.time for part in parts])
    return Latest(total, time).where(~np.isnan(total))


def _by_gcs(gcs: Latest) -> Latest:
    """Consciousness as coded_values.csv numbers it, from a sum of the Glasgow coma scale."""
    value = np.full(len(gcs.value), np.nan)
    for low, high, consciousness in _gcs_bands():
        value[(gcs.value >= low) & (gcs.value <= high)] = consciousness
    return Latest(value, gcs.time).where(~np.isnan(value))


@cache
def _gcs_bands() -> list[tuple[int, int, float]]:
    codes = vocabulary.table("coded_values").query("concept == 'consciousness'")
    bands = vocabulary.table("gcs_consciousness").merge(codes, on="code")
    return [(int(row.low), int(row.high), float(row.value)) for row in bands.itertuples()]
