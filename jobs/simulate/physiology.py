"""What the body shows: baselines, daily rhythm, illness, couplings between signs, and noise."""

from dataclasses import dataclass

import numpy as np

from jobs.simulate import parameters
from jobs.simulate.chance import Generator
from jobs.simulate.parameters import SIGNS
from jobs.simulate.person import Person

HEART_RATE, RESPIRATORY_RATE, SPO2, SYSTOLIC, DIASTOLIC, TEMPERATURE = range(len(SIGNS))

STEP = 1 / 6
"""Hours between two points of the noise."""
NOISE_HOURS = 300.0
"""Longer than any stay."""
SLOW_HOURS, FAST_HOURS = 8.0, 1.0
"""Memory of the two AR(1) parts: the state of the day, and the last hour's activity."""
LOW = np.array([25, 5, 45, 45, 22, 33.5])
HIGH = np.array([210, 48, 100, 230, 130, 41.5])
"""What a living body can show."""

CORRELATION = np.array(
    [
        [1.0, 0.35, -0.1, -0.1, -0.1, 0.25],
        [0.35, 1.0, -0.3, 0.0, 0.0, 0.15],
        [-0.1, -0.3, 1.0, 0.0, 0.0, 0.0],
        [-0.1, 0.0, 0.0, 1.0, 0.7, 0.0],
        [-0.1, 0.0, 0.0, 0.7, 1.0, 0.0],
        [0.25, 0.15, 0.0, 0.0, 0.0, 1.0],
    ]
)
"""Of the noise, between the signs."""


@dataclass(frozen=True)
class Noise:
    """Correlated AR(1) noise of one stay, one row per STEP from `start`, one column per sign."""

    start: float
    values: np.ndarray

    def at(self, times: np.ndarray) -> np.ndarray:
        """Linear between the points, (times, SIGNS)."""
        place = np.clip((times - self.start) / STEP, 0, len(self.values) - 1.001)
        low = place.astype(int)
        part = (place - low)[:, None]
        return (1 - part) * self.values[low] + part * self.values[low + 1]


def draw_noise(rng: Generator, start: float) -> Noise:
    points = int(NOISE_HOURS / STEP) + 2
    slow = _autoregressive(rng, points, SLOW_HOURS) * parameters.column("slow")
    fast = _autoregressive(rng, points, FAST_HOURS) * parameters.column("fast")
    return Noise(start, slow + fast)


def _autoregressive(rng: Generator, points: int, memory_hours: float) -> np.ndarray:
    """AR(1) of unit variance, correlated across signs, as a (cut) moving sum of white noise."""
    keep = np.exp(-STEP / memory_hours)
    weights = np.sqrt(1 - keep**2) * keep ** np.arange(int(4 * memory_hours / STEP))
    white = rng.standard_normal((points + len(weights) - 1, len(SIGNS)))
    white = white @ np.linalg.cholesky(CORRELATION).T
    return np.stack([np.convolve(column, weights, "valid") for column in white.T], axis=1)


def signs(
    person: Person, noise: Noise, times: np.ndarray, severity: np.ndarray,
    oxygen: np.ndarray, clock: float,
) -> np.ndarray:  # fmt: skip
    """The true signs, (times, SIGNS).

    `severity` (times, ILLNESSES); `oxygen` L/min at each time; `clock` the hour of day at time 0.
    """
    rhythm = _rhythm(times + clock)
    value = person.baseline + noise.at(times) + rhythm + _effects(person, severity)
    _couple(person, value)
    value[:, SPO2] = _on_oxygen(value[:, SPO2], oxygen, 93.5 if person.has_copd else 98.5)
    return np.clip(value, LOW, HIGH)


def _rhythm(hours: np.ndarray) -> np.ndarray:
    """Lower by night, higher in the afternoon."""
    phase = 2 * np.pi * (hours[:, None] - parameters.column("peak_hour")) / 24
    return parameters.column("circadian") * np.cos(phase)


def _effects(person: Person, severity: np.ndarray) -> np.ndarray:
    """Illness moves each sign; pressure is held for long and then falls (compensated shock)."""
    moved = severity**0.75 @ parameters.effects()
    pressure = severity**1.4 @ parameters.effects()
    moved[:, SYSTOLIC] = pressure[:, SYSTOLIC]
    moved[:, DIASTOLIC] = pressure[:, DIASTOLIC]
    return moved * person.sensitivity


def _couple(person: Person, value: np.ndarray) -> None:
    """Signs answer each other, in place: pulse to fever and falling pressure, breath to SpO2."""
    fever = np.maximum(value[:, TEMPERATURE] - 37.3, 0)
    fall = np.maximum(person.baseline[SYSTOLIC] - 8 - value[:, SYSTOLIC], 0)
    reflex = (0.15 if person.is_beta_blocked else 0.4) * (1 if person.age < 75 else 0.7)
    value[:, HEART_RATE] += 8 * fever + reflex * fall
    value[:, RESPIRATORY_RATE] += 0.45 * np.maximum(person.baseline[SPO2] - 1 - value[:, SPO2], 0)


def _on_oxygen(on_air: np.ndarray, flow: np.ndarray, best: float) -> np.ndarray:
    """Oxygen closes part of the gap to the best saturation that these lungs reach."""
    gap = np.maximum(best - on_air, 0)
    return on_air + gap * (1 - np.exp(-flow / 7))
