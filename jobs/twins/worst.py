"""The worst of 24 hours, as SOFA asks for it (`scores.sofa`)."""

import numpy as np
import pandas as pd

from jobs.twins import kernel
from jobs.twins.courses import RATED, VENTILATED, Courses
from jobs.twins.readings import Readings
from jobs.twins.signs import GCS_PARTS
from warehouse import vocabulary

HOURS = 24
NEEDED = (
    *("urine_output_n_24h", "urine_output_mean_24h", "platelets_min_24h", "bilirubin_max_24h"),
    *("mean_bp_min_24h", "gcs_min_24h", "creatinine_max_24h", "map", "hours_in_hospital"),
)
"""The twin's columns that `of` reads."""


def of(
    found: dict[str, Readings], given: dict[str, Courses], columns: dict[str, np.ndarray],
    instant: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    """The columns `scores.sofa` reads, one row per instant, NaN unknown.

    `columns`: those `NEEDED`, float64. A Glasgow coma scale is a sum as charted, or of three
    parts of one time. Urine is unknown until the patient has been in hospital for all the hours.
    """
    within = int(vocabulary.table("derived").set_index("name").at["pf_ratio", "within_hours"])
    ratios = kernel.lowest_ratios(
        *found["pao2"], *found["fio2"], *given[VENTILATED], instant, HOURS, within
    )
    parts = [array for part in GCS_PARTS for array in found[part]]
    urine = columns["urine_output_n_24h"] * columns["urine_output_mean_24h"]
    worst = {
        "pao2_fio2_unventilated": ratios[0] * 100,
        "pao2_fio2_ventilated": ratios[1] * 100,
        "platelets": columns["platelets_min_24h"],
        "bilirubin": columns["bilirubin_max_24h"],
        "mean_bp": np.fmin(columns["mean_bp_min_24h"], columns["map"]),
        "gcs": np.fmin(columns["gcs_min_24h"], kernel.lowest_sum(*parts, instant, HOURS)),
        "creatinine": columns["creatinine_max_24h"],
        "urine_output": np.where(columns["hours_in_hospital"] >= HOURS, urine, np.nan),
    }
    rates = {name: kernel.highest_rate(*given[name], instant, HOURS) for name in RATED}
    return pd.DataFrame(worst | rates)
