"""qSOFA, the quick SOFA (Singer et al., Sepsis-3, JAMA 2016;315:801-10), from qsofa.csv.

Altered consciousness is a Glasgow coma scale below 15 in the summaries of Sepsis-3, and of 13 or
less in its derivation (Seymour et al., JAMA 2016;315:762-74), mimic-code and ricu.
"""

import numpy as np
import pandas as pd

from jobs.twins.scores import bands

PARTS = ("respiratory_rate", "systolic_bp", "consciousness")


def qsofa(signs: pd.DataFrame, highest_gcs: int = 14) -> pd.DataFrame:
    """The score and its parts, float64, NaN where unknown; one row per row of `signs`.

    `signs`: respiratory_rate (/min), systolic_bp (mmHg), gcs (3..15), consciousness (0..4,
    coded_values.csv); NaN unknown. `highest_gcs`: the highest that counts as altered, 13 or 14;
    where there is none, every state but alert does. `qsofa_positive`: 1 from a total of 2 on.
    Raises `ValueError` for another `highest_gcs`.
    """
    bands.check_choice("qsofa", "highest_gcs", highest_gcs)
    charted = {
        name: bands.as_charted(signs[name], name)
        for name in ("respiratory_rate", "systolic_bp", "gcs", "consciousness")
    }
    parts = {
        name: bands.points("qsofa", name, value, highest_gcs=highest_gcs)
        for name, value in charted.items()
    }
    by_gcs = parts.pop("gcs")
    parts["consciousness"] = np.where(np.isnan(by_gcs), parts["consciousness"], by_gcs)
    found = bands.added_up("qsofa", parts, signs.index)
    return found.assign(qsofa_positive=bands.positive("qsofa", found, len(PARTS)))
