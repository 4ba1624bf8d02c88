"""Stages of acute kidney injury (KDIGO, Kidney Int Suppl 2012;2:1-138), from kdigo.csv.

Looks back only: rows that come later change nothing. Dialysis, which makes stage 3, and children,
who have other limits, are left out.
"""

import numpy as np
import pandas as pd

from jobs.twins.scores import bands
from warehouse import vocabulary

KEYS = ["patient_id", "time"]
PARTS = ["kdigo_creatinine", "kdigo_urine"]


def kdigo(creatinine: pd.DataFrame, urine: pd.DataFrame) -> pd.DataFrame:
    """One row per patient and time of either frame: the stage 0..3 by each, and the higher one.

    Found: patient_id, time, kdigo_creatinine, kdigo_urine, kdigo_known (of these two) and
    kdigo_stage; nothing is carried forward from one time to the next.
    """
    by_creatinine = kdigo_creatinine(creatinine).assign(**creatinine[KEYS])
    by_urine = kdigo_urine(urine).assign(**urine[KEYS])
    both = pd.concat([by_creatinine, by_urine], ignore_index=True)
    found = both[[*KEYS, *PARTS]].groupby(KEYS, as_index=False).max()
    known = found[PARTS].notna().sum(axis=1).astype(float)
    return found.assign(kdigo_known=known, kdigo_stage=found[PARTS].max(axis=1))


def kdigo_creatinine(values: pd.DataFrame) -> pd.DataFrame:
    """The stage by creatinine, one row per row of `values`, float64, NaN where unknown.

    `values`: patient_id, time, creatinine (mg/dL). `kdigo_rise`: above the lowest of the 48 hours
    before; `kdigo_ratio`: to the lowest of the 7 days before; `kdigo_creatinine`: the higher of
    those known. 4.0 mg/dL and more is stage 3 only where one of them shows an injury, as KDIGO
    has it: a steady 5.0 is chronic. With no earlier value in 7 days the stage is unknown, not 0.
    """
    value = values["creatinine"].to_numpy(float)
    rise = value - _lowest_before(values, *_hours("creatinine_rise"))
    ratio = value / _lowest_before(values, *_hours("creatinine_ratio"))
    by_rise = bands.points("kdigo", "creatinine_rise", rise)
    by_ratio = bands.points("kdigo", "creatinine_ratio", ratio)
    stage = np.fmax(by_rise, by_ratio)
    whole = np.where(stage > 0, np.fmax(stage, bands.points("kdigo", "creatinine", value)), stage)
    columns = {"kdigo_rise": by_rise, "kdigo_ratio": by_ratio, "kdigo_creatinine": whole}
    return pd.DataFrame(columns, index=values.index)


def kdigo_urine(values: pd.DataFrame) -> pd.DataFrame:
    """The stage by urine output, one row per row of `values`, float64, NaN where unknown.

    `values`: patient_id, time, urine_output (mL since the row before), weight (kg). The stages by
    the mean of the last 6, 12 and 24 hours (`kdigo_urine_6h`, ...) and the highest of those known
    (`kdigo_urine`). What was collected is spread evenly over the time since the row before; a
    patient's first row only starts the clock. Hours without a row for longer than the
    `valid_hours` of urine_output are not on record, and a mean over them is unknown.
    """
    weight = values["weight"].to_numpy(float)
    stages = {}
    for hours in _hours("urine_rate"):
        rate = _volume(values, hours) / weight / hours
        stages[f"kdigo_urine_{hours}h"] = bands.points("kdigo", "urine_rate", rate, hours=hours)
    stages["kdigo_urine"] = np.fmax.reduce(list(stages.values()))
    return pd.DataFrame(stages, index=values.index)


def _hours(parameter: str) -> list[int]:
    chart = vocabulary.table("kdigo").query("parameter == @parameter")
    return sorted({int(hours) for hours in chart["hours"]})


def _lowest_before(values: pd.DataFrame, hours: int) -> np.ndarray:
    """Each patient's lowest creatinine in the hours before each row, not at its own time."""
    rows = values.reset_index(drop=True).sort_values("time")
    time, value = rows["time"].to_numpy("datetime64[us]"), rows["creatinine"].to_numpy(float)
    lowest = np.full(len(rows), np.nan)
    for own in rows.groupby("patient_id").indices.values():
        first = np.searchsorted(time[own], time[own] - np.timedelta64(hours, "h"), "left")
        end = np.searchsorted(time[own], time[own], "left")
        lowest[rows.index[own]] = _lowest_between(np.append(value[own], np.nan), first, end)
    return lowest


def _lowest_between(value: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The lowest of each `value[first:end]`, NaN where there is none."""
    ranges = np.column_stack([first, end]).ravel()
    return np.where(first < end, np.fmin.reduceat(value, ranges)[::2], np.nan)


def _volume(values: pd.DataFrame, hours: int) -> np.ndarray:
    """Each patient's urine (mL) in the hours up to each row; NaN where not all are on record."""
    known = values.dropna(subset="urine_output")
    rows = known.groupby(KEYS, as_index=False)["urine_output"].sum()
    time = rows["time"].to_numpy("datetime64[us]").astype(float)
    total, volume = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for own in rows.groupby(_run(rows)).indices.values():
        total[own] = rows["urine_output"].to_numpy(float)[own].cumsum()
        ago = time[own] - hours * 3.6e9
        volume[own] = total[own] - np.interp(ago, time[own], total[own], left=np.nan)
    return values[KEYS].merge(rows.assign(volume=volume), how="left", on=KEYS)["volume"].to_numpy()


def _run(rows: pd.DataFrame) -> pd.Series:
    """Numbers the stretches of one patient's rows without a gap."""
    gap = rows.groupby("patient_id")["time"].diff() / pd.Timedelta(hours=1)
    return (~(gap <= vocabulary.concepts().at["urine_output", "valid_hours"])).cumsum()
