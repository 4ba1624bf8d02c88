"""Which concepts and which hours a column of the twin is made of."""

from functools import cache

from jobs.twins import readings, signs, worst
from warehouse import vocabulary

PRESSURES = ("mean_bp", "systolic_bp", "diastolic_bp")
DERIVED = {
    "map": PRESSURES,
    "pulse_pressure": PRESSURES[1:],
    "shock_index": ("heart_rate", "systolic_bp"),
    "pf_ratio": ("pao2", *signs.OXYGEN),
    "rox_index": ("spo2", "respiratory_rate", *signs.OXYGEN),
}
BEDSIDE = signs.TOLD_BY | {
    "respiration": ("respiratory_rate", "paco2"),
    "leukocytes": ("leukocytes",),
}
"""Part of NEWS2, MEWS, qSOFA or SIRS -> the concepts that tell it."""

OF_A_DAY = {
    "respiration": ("pao2", "fio2"),
    "coagulation": ("platelets",),
    "liver": ("bilirubin",),
    "cardiovascular": PRESSURES,
    "cns": ("gcs", *signs.GCS_PARTS),
    "renal": ("creatinine", "urine_output"),
}
"""Part of SOFA -> the concepts that tell it; infusions besides."""


@cache
def window(column: str) -> dict[str, int]:
    """Concept -> how many hours back its values count for this column of the twin.

    Empty for a column that is made of the person, the stay, the place or a treatment.
    """
    valid = vocabulary.concepts()["valid_hours"]
    score, _, part = column.partition("_")
    if column in DERIVED:
        return {concept: int(valid[concept]) for concept in DERIVED[column]}
    if score == "sofa":
        parts = OF_A_DAY.get(part, sum(OF_A_DAY.values(), ()))
        return dict.fromkeys(parts, worst.HOURS)
    if score in ("news2", "mews", "qsofa", "sirs"):
        parts = BEDSIDE.get(part, sum(BEDSIDE.values(), ()))
        return {concept: int(valid[concept]) for concept in parts}
    return _feature(column)


def is_latest(column: str) -> bool:
    """Whether only the newest value in the window counts, not all of them."""
    score = column.partition("_")[0]
    if column in DERIVED or score in ("news2", "mews", "qsofa", "sirs"):
        return True
    statistics = vocabulary.features().set_index("name")["statistic"]
    name = next((name for name in statistics.index if column.endswith(f"_{name}")), None)
    return statistics.get(name) in ("last", "time")


def _feature(column: str) -> dict[str, int]:
    for concept, hours in readings.look_back_hours().items():
        for feature in vocabulary.features().itertuples():
            if column == f"{concept}_{feature.name}":
                return {concept: int(min(feature.window_hours, hours))}
    return {}
