"""SIRS criteria (Bone et al., ACCP/SCCM, Chest 1992;101:1644-55), from sirs.csv.

More than 10 % of immature neutrophils (bands) would count too: the vocabulary has no such
concept, so it is left out.
"""

import pandas as pd

from jobs.twins.scores import bands

VITAL_SIGNS = ("temperature", "heart_rate", "respiratory_rate")
PARTS = {
    "temperature": ("temperature",),
    "heart_rate": ("heart_rate",),
    "respiration": ("respiratory_rate", "paco2"),
    "leukocytes": ("leukocytes",),
}


def sirs(signs: pd.DataFrame) -> pd.DataFrame:
    """The score and its parts, float64, NaN where unknown; one row per row of `signs`.

    `signs`: temperature (Cel), heart_rate and respiratory_rate (/min), paco2 (mmHg), leukocytes
    (10*3/uL); NaN unknown. Vital signs count as charted, what the laboratory measured as
    reported. PaCO2 can only add: while the respiratory rate is unknown, a normal one tells
    nothing. `sirs_positive`: 1 from a total of 2 on.
    """
    value = {name: signs[name].to_numpy(float) for names in PARTS.values() for name in names}
    value |= {name: bands.as_charted(signs[name], name) for name in VITAL_SIGNS}
    parts = {
        part: bands.highest("sirs", {name: value[name] for name in names})
        for part, names in PARTS.items()
    }
    found = bands.added_up("sirs", parts, signs.index)
    return found.assign(sirs_positive=bands.positive("sirs", found, len(PARTS)))
