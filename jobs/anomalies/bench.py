"""How many injected anomalies are found, and named rightly. Synthetic patients, all of them."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

from jobs.anomalies import outliers, signs
from jobs.anomalies.judge import judged
from jobs.anomalies.limits import limit
from jobs.anomalies.state import state

START = pd.Timestamp("2026-03-01", tz="UTC").as_unit("us")
HOURS = 72
HOUR = pd.Timedelta("1h")

USUAL = {
    "respiratory_rate": (16, 2, 1.2),
    "spo2": (96, 1.2, 0.8),
    "systolic_bp": (125, 12, 5),
    "heart_rate": (78, 10, 4),
    "temperature": (36.8, 0.25, 0.15),
    "diastolic_bp": (72, 8, 3),
}
"""Mean, standard deviation between patients and within one patient, from hour to hour."""

SPIKES = {
    "respiratory_rate": 14,
    "spo2": -10,
    "systolic_bp": -45,
    "heart_rate": 50,
    "temperature": 2.5,
    "diastolic_bp": 35,
}
"""What is added to one sign's latest value."""

SIZES = {"": 1.0, ", half as large": 0.5}

TOGETHER = {"systolic_bp": 105.0, "diastolic_bp": 84.0}
"""A pulse pressure of 21 mmHg, of two pressures that are each usual."""

Twins = tuple[pd.DataFrame, pd.DataFrame]


def run(patients: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """One line per kind of anomaly: recall, and how often the right signs are named."""
    now, hours = ward(patients, seed)
    rows = min(len(hours), int(limit("training_rows")))
    training = hours.sample(rows, random_state=seed).sort_index()
    detectors = outliers.fit(state(training, "hour"))
    untouched = judged(now, hours, detectors)["is_flagged"].mean()
    yield _line("untouched", patients) | {"flagged": round(float(untouched), 4)}
    for (size, share), (sign, added) in product(SIZES.items(), SPIKES.items()):
        spiked = injected(now, {sign: now[f"{sign}_last"] + share * added})
        found = judged(spiked, hours, detectors)
        yield _line(f"a spike in one sign: {sign}{size}", patients) | _found(found, {sign})
    found = judged(injected(now, TOGETHER), hours, detectors)
    what = "two pressures, each usual, unusual together"
    yield _line(what, patients) | _found(found, set(TOGETHER))


def ward(patients: int, seed: int) -> Twins:
    """Twins as they stand and hour by hour: steady patients, each about their own usual."""
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(1, patients + 1), HOURS)
    hours = pd.DataFrame({"patient_id": patient})
    hours["hour"] = START + pd.to_timedelta(np.tile(np.arange(HOURS), patients), unit="h")
    pressure = random.normal(size=(2, patients)), random.normal(size=len(patient))
    for sign, (mean, between, within) in USUAL.items():
        own, noise = random.normal(size=patients), random.normal(size=len(patient))
        if sign.endswith("_bp"):
            own, noise = 0.4 * own + 0.9 * pressure[0][0], 0.4 * noise + 0.9 * pressure[1]
        values = mean + between * np.repeat(own, HOURS) + within * noise
        values = np.clip(values, None, 100) if sign == "spo2" else values
        hours[f"{sign}_last"] = np.round(values, signs.decimals(sign))
        hours[f"{sign}_time"] = hours["hour"]
        own_mean = hours.groupby("patient_id")[f"{sign}_last"].rolling(24, 1).mean()
        hours[f"{sign}_change"] = hours[f"{sign}_last"] - own_mean.to_numpy()
    now = hours.groupby("patient_id").tail(1).rename(columns={"hour": "time"})
    return now.reset_index(drop=True), hours


def injected(now: pd.DataFrame, values: dict[str, object]) -> pd.DataFrame:
    """The twins with other latest values, and the changes that follow."""
    odd = now.copy()
    for sign, value in values.items():
        odd[f"{sign}_last"] = value
        odd[f"{sign}_change"] += (odd[f"{sign}_last"] - now[f"{sign}_last"]) * 23 / 24
    return odd


def _found(found: pd.DataFrame, right: set[str]) -> dict[str, object]:
    """Recall together and by detector; of the flagged: no wrong sign named, all named."""
    flagged = found[found["is_flagged"]]
    named = [[told["concept"] for told in row] for row in flagged["signs"]]
    quantile, furthest = limit("flag_quantile"), limit("robust_z")
    is_far = [any(abs(told["z"] or 0) > furthest for told in row) for row in found["signs"]]
    return {
        "recall": round(float(found["is_flagged"].mean()), 3),
        "recall_own_baseline": round(float(np.mean(is_far)), 3),
        "recall_forest": round(float((found["forest"] > quantile).mean()), 3),
        "recall_svm": round(float((found["svm"] > quantile).mean()), 3),
        "no_wrong_sign": _share(set(names) <= right for names in named),
        "all_signs_named": _share(set(names) >= right for names in named),
    }


def _share(judged_right: Iterator[bool]) -> float | None:
    all_of_them = list(judged_right)
    return round(sum(all_of_them) / len(all_of_them), 3) if all_of_them else None


def _line(what: str, patients: int) -> dict[str, object]:
    return {"what": what, "synthetic": True, "patients": patients}
