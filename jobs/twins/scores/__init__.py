"""Clinical scores as published: plain functions of a frame, each with its parts.

A part is NaN where it is unknown, never normal. `<score>_known` counts the known parts, and
`<score>_total` adds them up: a lower bound while some are unknown, NaN where all are. The bands
are CSV in warehouse/reference, one a score. The software makes no diagnosis.
"""

from jobs.twins.scores.kdigo import kdigo, kdigo_creatinine, kdigo_urine
from jobs.twins.scores.mews import mews
from jobs.twins.scores.news2 import MEASURED, PARTS, news2
from jobs.twins.scores.qsofa import qsofa
from jobs.twins.scores.sepsis3 import sepsis3
from jobs.twins.scores.sirs import sirs
from jobs.twins.scores.sofa import sofa

__all__ = [
    "MEASURED",
    "PARTS",
    "kdigo",
    "kdigo_creatinine",
    "kdigo_urine",
    "mews",
    "news2",
    "qsofa",
    "sepsis3",
    "sirs",
    "sofa",
]
