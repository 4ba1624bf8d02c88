"""What the body does in health and illness, as tables a clinician can review.

signs.csv: per sign the population mean and sd, the sd of its slow and fast noise and of one
measurement, the daily rhythm, and the change that each illness makes at severity 1.
labs.csv: the same for laboratory values, in the concept's unit; effects, spreads logarithmic.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent

SIGNS = (
    "heart_rate",
    "respiratory_rate",
    "spo2",
    "systolic_bp",
    "diastolic_bp",
    "temperature",
)
ILLNESSES = ("infection", "respiratory", "bleeding", "collapse", "pain", "fever", "arrhythmia")
DANGEROUS = 4
"""The first so many illnesses kill; the others only look ill."""


@cache
def signs() -> pd.DataFrame:
    """One row per sign, in the order of SIGNS."""
    return pd.read_csv(HERE / "signs.csv", index_col="sign").loc[list(SIGNS)].astype(float)


@cache
def column(name: str) -> np.ndarray:
    """One column of signs.csv, in the order of SIGNS."""
    return signs()[name].to_numpy()


@cache
def effects() -> np.ndarray:
    """What severity 1 of each illness adds to each sign, (ILLNESSES, SIGNS)."""
    return signs()[list(ILLNESSES)].to_numpy().T


@cache
def labs() -> pd.DataFrame:
    """One row per laboratory concept."""
    return pd.read_csv(HERE / "labs.csv", index_col="concept")


@cache
def names(kind: str) -> list[str]:
    """Invented names: given ones by sex, and those of families."""
    table = pd.read_csv(HERE / "names.csv")
    return list(table.loc[table["kind"] == kind, "name"])
