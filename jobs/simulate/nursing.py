"""How nurses chart: when they look, what they write down, what they leave out, how late."""

from dataclasses import dataclass

import numpy as np

from jobs.simulate import parameters
from jobs.simulate.chance import Generator, log_normal
from jobs.simulate.course import Chart, Course
from jobs.simulate.parameters import DANGEROUS, SIGNS
from jobs.simulate.physiology import RESPIRATORY_RATE, SPO2, TEMPERATURE

FLOWS = (0.0, 2.0, 4.0, 6.0, 10.0, 15.0)
"""Steps of oxygen, L/min."""

LEFT_OUT = {
    "respiratory_rate": 0.06,
    "temperature": 0.06,
    "blood_pressure": 0.04,
    "consciousness": 0.08,
    "oxygen": 0.06,
}
"""Share of full sets that lack a sign; other signs 3 %."""


@dataclass(frozen=True)
class Habits:
    """How one patient's nurses work."""

    interval: float
    """Hours between looks while all is calm."""
    nerves: float
    """Added to every worry: some worry early, some late."""


def habits(rng: Generator) -> Habits:
    return Habits(float(np.clip(rng.normal(4.7, 0.6), 3.5, 6.2)), float(rng.normal(0, 0.12)))


def look(course: Course, now: float, habits: Habits, rng: Generator) -> Chart:
    """Measure, set the oxygen, write down, and decide when to come back."""
    measured = _measure(course, now, rng)
    severity = course.severity(np.array([now]))[0]
    worry = severity[:DANGEROUS].sum() + 0.35 * severity[DANGEROUS:].sum()
    worry += habits.nerves + rng.normal(0, 0.1)
    is_hurried = worry > 0.55 or course.is_in_icu(now)
    values = _written(measured, is_hurried, rng)
    if rng.random() >= LEFT_OUT["consciousness"]:
        values["consciousness"] = _consciousness(course, severity, rng)
    if rng.random() >= LEFT_OUT["oxygen"]:
        values |= _oxygen_charted(course, now)
    _set_oxygen(course, now, measured[SPO2], rng)
    pause = 1.0 if course.is_in_icu(now) else _pause(worry, habits)
    return Chart(now, now + _delay(rng), values, log_normal(rng, pause, 0.12))


def _pause(worry: float, habits: Habits) -> float:
    if worry > 0.85:
        return 1.0
    return 2.0 if worry > 0.55 else habits.interval


def _delay(rng: Generator) -> float:
    """Hours from looking to filing: minutes, now and then an hour."""
    minutes = 1 + rng.exponential(5)
    return (minutes + rng.uniform(30, 90) * (rng.random() < 0.03)) / 60


def _measure(course: Course, now: float, rng: Generator) -> np.ndarray:
    error = parameters.column("error") * rng.standard_normal(len(SIGNS))
    value = course.signs(np.array([now]))[0] + error
    value[RESPIRATORY_RATE] = _counted(value[RESPIRATORY_RATE], rng)
    value[SPO2] = min(value[SPO2], 100)
    digits = np.where(np.arange(len(SIGNS)) == TEMPERATURE, 10, 1)
    return np.round(value * digits) / digits


def _counted(rate: float, rng: Generator) -> float:
    """Breaths are counted for half a minute, or guessed."""
    if rng.random() < 0.15 and 13 < rate < 23:
        return float(rng.choice([16, 18, 20]))
    return 2 * round(rate / 2) if rng.random() < 0.5 else rate


def _written(measured: np.ndarray, is_hurried: bool, rng: Generator) -> dict[str, float]:
    values = dict(zip(SIGNS, measured.tolist(), strict=True))
    hurry = {"temperature": 0.35} if is_hurried else {}
    for sign in ("heart_rate", "respiratory_rate", "spo2", "temperature"):
        if rng.random() < hurry.get(sign, LEFT_OUT.get(sign, 0.03)):
            del values[sign]
    if rng.random() < LEFT_OUT["blood_pressure"]:
        del values["systolic_bp"], values["diastolic_bp"]
    return values


def _consciousness(course: Course, severity: np.ndarray, rng: Generator) -> float:
    """ACVPU as 0-4: clouded by severe illness and age; some long confused are charted as C."""
    clouded = severity[:DANGEROUS].sum() + 0.012 * (course.person.age - 65) + rng.normal(0, 0.15)
    level = float(np.searchsorted([1.1, 1.6, 1.9, 2.2], clouded))
    return max(level, float(course.person.is_confused and rng.random() < 0.5))


def _oxygen_charted(course: Course, now: float) -> dict[str, float]:
    flow = float(course.flow(np.array([now]))[0])
    return {"oxygen": 1.0, "oxygen_flow": flow} if flow > 0 else {"oxygen": 0.0}


def _set_oxygen(course: Course, now: float, spo2: float, rng: Generator) -> None:
    """Towards 94-98 %, or 88-92 % on scale 2; not every nurse acts on every value."""
    low, high = (88, 92) if course.person.is_scale_2 else (94, 97)
    step = FLOWS.index(course.oxygen[-1][1])
    if spo2 < low and rng.random() < 0.8:
        step = min(step + 1 + int(spo2 < low - 4), len(FLOWS) - 1)
    elif spo2 > high and step > 0 and rng.random() < 0.6:
        step -= 1
    if FLOWS[step] != course.oxygen[-1][1]:
        course.oxygen.append((now + 0.1, FLOWS[step]))
