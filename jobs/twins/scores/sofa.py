"""SOFA (Vincent et al., Intensive Care Med 1996;22:707-10; Singer et al. 2016), from sofa.csv."""

import pandas as pd

from jobs.twins.scores import bands

PARTS = {
    "respiration": ("pao2_fio2_ventilated", "pao2_fio2_unventilated"),
    "coagulation": ("platelets",),
    "liver": ("bilirubin",),
    "cardiovascular": ("mean_bp", "dopamine", "dobutamine", "epinephrine", "norepinephrine"),
    "cns": ("gcs",),
    "renal": ("creatinine", "urine_output"),
}
WORST = tuple(name for names in PARTS.values() for name in names)
"""The columns that `sofa` reads: the worst of 24 hours."""


def sofa(worst: pd.DataFrame) -> pd.DataFrame:
    """The score and its six parts, float64, NaN where unknown; one row per row of `worst`.

    `worst`, of 24 hours, NaN unknown: the lowest PaO2/FiO2 (mmHg, FiO2 a fraction) while
    ventilated and while not, platelets (10*3/uL), mean_bp (mmHg) and gcs (3..15); the highest
    bilirubin and creatinine (mg/dL) and rates of dopamine, dobutamine, epinephrine and
    norepinephrine (ug/kg/min); urine_output (mL), of all 24 hours.

    A ratio below 200 gives no more than 2 while not ventilated. A rate of 0 is no infusion, and
    so is none on record. Infusions and urine can only add: without the mean pressure or the
    creatinine, none of them and enough of it tell nothing. Cut-offs are exact and nothing is
    rounded, as in mimic-code and ricu; unlike those, an unknown part is not 0.
    """
    parts = {
        part: bands.highest("sofa", {name: worst[name].to_numpy(float) for name in names})
        for part, names in PARTS.items()
    }
    return bands.added_up("sofa", parts, worst.index)
