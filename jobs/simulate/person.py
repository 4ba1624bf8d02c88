"""Who is born into the hospital: identity, illnesses brought along, personal baselines."""

from dataclasses import dataclass

import numpy as np

from jobs.simulate import parameters
from jobs.simulate.chance import Generator
from jobs.simulate.parameters import SIGNS


@dataclass(frozen=True)
class Person:
    """One invented person; ids are random, so that they tell nothing."""

    patient_id: str
    encounter_id: str
    name: tuple[str, str]
    """Given name, family name."""
    sex: str
    age: int
    birthday: int
    """Day of the year, from 0."""
    has_copd: bool
    is_scale_2: bool
    """NEWS2 SpO2 scale 2 is prescribed: target 88-92 %."""
    is_beta_blocked: bool
    is_confused: bool
    """Long confused, and sometimes charted as newly so."""
    baseline: np.ndarray
    """Per sign, in the order of SIGNS."""
    sensitivity: np.ndarray
    """Per sign: how strongly illness shows in it; about 1."""
    labs: np.ndarray
    """Per row of `parameters.labs()`: this person's usual value."""


def born(rng: Generator) -> Person:
    """Draw one person of 18 to 97 years, as hospitals have them."""
    sex = str(rng.choice(["female", "male"]))
    age = int(np.clip(rng.normal(66, 17), 18, 97))
    has_copd = bool(rng.random() < 0.02 + 0.14 * (age > 55))
    return Person(
        patient_id=rng.bytes(6).hex(),
        encounter_id=rng.bytes(6).hex(),
        name=(_name(rng, sex), _name(rng, "family")),
        sex=sex,
        age=age,
        birthday=int(rng.integers(365)),
        has_copd=has_copd,
        is_scale_2=has_copd and bool(rng.random() < 0.9),
        is_beta_blocked=bool(rng.random() < 0.05 + 0.3 * (age > 60)),
        is_confused=bool(rng.random() < 0.08 * (age > 75)),
        baseline=_baseline(rng, age, has_copd),
        sensitivity=np.exp(rng.normal(0, 0.22, len(SIGNS))),
        labs=_usual_labs(rng, sex, age),
    )


def _name(rng: Generator, kind: str) -> str:
    return str(rng.choice(parameters.names(kind)))


def _baseline(rng: Generator, age: int, has_copd: bool) -> np.ndarray:
    """The signs at rest and well; pressure rises with age, COPD lives with less oxygen."""
    values = rng.normal(parameters.column("mean"), parameters.column("sd"))
    shift = dict.fromkeys(SIGNS, 0.0)
    shift["systolic_bp"] = 0.25 * (age - 60)
    if has_copd:
        shift |= {"spo2": -6.3, "respiratory_rate": 2.0, "heart_rate": 4.0}
    return values + np.array(list(shift.values()))


def _usual_labs(rng: Generator, sex: str, age: int) -> np.ndarray:
    """Log-normal about the typical value; women have less haemoglobin, age more creatinine."""
    table = parameters.labs()
    typical = table["typical"].copy()
    typical["hemoglobin"] -= 1.0 * (sex == "female")
    typical["creatinine"] *= 1 + 0.006 * (age - 60) - 0.1 * (sex == "female")
    return typical.to_numpy() * np.exp(rng.normal(0, table["spread"]))
