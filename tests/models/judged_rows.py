"""Patient-hours to judge a model on, made up."""

import numpy as np
import pandas as pd


def some(patients: int = 60, seed: int = 1, hours: int = 72) -> pd.DataFrame:
    """Stays of up to `hours`; a third ends in an event, foretold 12 hours before, more or less."""
    random = np.random.default_rng(seed)
    stays = random.integers(6, hours, patients)
    patient = np.repeat(np.arange(patients), stays)
    time = np.concatenate([np.arange(stay, dtype=float) for stay in stays])
    end = np.repeat(np.where(random.random(patients) < 0.33, stays, np.inf), stays)
    label = (end - time <= 12).astype(int)
    margin = random.normal(-2, 1, len(time)) + 2.0 * label
    news2 = np.clip(np.round(random.normal(3, 2, len(time)) + 2 * label), 0, 20)
    return pd.DataFrame(
        {
            "patient_id": patient * 7 + 3,
            "time": time,
            "label": label,
            "risk": np.round(1 / (1 + np.exp(-margin)), 2).clip(0.01, 0.99),
            "news2": np.where(random.random(len(time)) < 0.1, np.nan, news2),
            "event": np.where(label == 1, end, np.nan),
            "ward": np.repeat(random.choice(["a", "b"], patients), stays),
        }
    )


def one(alarms: str, labels: str, patient_id: int = 1) -> pd.DataFrame:
    """A patient's hours as digits: risk 0..9 tenths, label 0 or 1; the event is at the end."""
    label = np.array([int(digit) for digit in labels])
    return pd.DataFrame(
        {
            "patient_id": patient_id,
            "time": np.arange(len(label), dtype=float),
            "label": label,
            "risk": [int(digit) / 10 for digit in alarms],
            "news2": [float(digit) for digit in alarms],
            "event": np.where(label == 1, len(label), np.nan),
            "ward": "a",
        }
    )
