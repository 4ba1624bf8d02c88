"""NEWS2, the National Early Warning Score (Royal College of Physicians, 2017), from news2.csv."""

import numpy as np
import pandas as pd

from jobs.twins.scores import bands

MEASURED = ("respiratory_rate", "spo2", "systolic_bp", "heart_rate", "temperature")
PARTS = (
    "respiratory_rate",
    "spo2",
    "oxygen",
    "systolic_bp",
    "heart_rate",
    "consciousness",
    "temperature",
)


def news2(signs: pd.DataFrame) -> pd.DataFrame:
    """The score and its parts, float64, NaN where unknown; one row per row of `signs`.

    `signs`: respiratory_rate (/min), spo2 (%), systolic_bp (mmHg), heart_rate (/min),
    temperature (Cel), oxygen (0 air, 1 oxygen), consciousness (0..4, coded_values.csv) and
    spo2_scale (1, 2; NaN counts as 1); NaN unknown. The total sums the known parts: a lower
    bound while `news2_known` < 7. Unknown oxygen is not air.
    """
    charted = {part: bands.as_charted(signs[part], part) for part in PARTS}
    scale = signs["spo2_scale"].fillna(1).to_numpy(float)
    given = {"scale": scale, "oxygen": charted["oxygen"]}
    parts = {part: bands.points("news2", part, charted[part], **given) for part in PARTS}
    found = bands.added_up("news2", parts, signs.index)
    found.insert(0, "news2_scale", scale)
    return found.assign(news2_highest=np.fmax.reduce(list(parts.values())))
