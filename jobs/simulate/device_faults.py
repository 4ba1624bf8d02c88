"""Twelve ways in which a bedside monitor goes wrong, planted into its readings in place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jobs.simulate.chance import Generator

SIGNALS = (
    *("heart_rate", "pulse", "respiratory_rate", "spo2"),
    *("systolic_bp", "diastolic_bp", "temperature", "device_battery", "device_calibrated"),
)
"""Columns of a device's readings, one row a minute."""
HEART_RATE, PULSE, RESPIRATORY_RATE, SPO2, SYSTOLIC, DIASTOLIC, _, BATTERY, CALIBRATED = range(9)

DAY = 1440
STEP = {"spo2": -3.0, "heart_rate": 6.0, "systolic_bp": 22.0, "temperature": 0.9}
"""A bias that a module has from one moment on."""
SLOPE = {"spo2": -0.5, "heart_rate": 1.3, "systolic_bp": 5.0, "temperature": 0.17}
"""What it gains a day when it drifts."""
EMPTYING = 9.0
"""% an hour, with a good battery."""
WEEKS = 21
"""Days from which on failures of days and weeks can be told."""


@dataclass(frozen=True)
class Planted:
    """One failure; minutes from the beginning. `update` is new firmware that is as good."""

    kind: str
    signal: str
    start: int
    end: int


def plant(values: np.ndarray, late: np.ndarray, rng: Generator, days: int) -> list[Planted]:
    """Two short failures a device, and a long one where there are days enough.

    `values` (minutes, SIGNALS) and `late` (seconds that the clock is behind) are changed in place.
    """
    planted = []
    wear = 0.0
    if days >= WEEKS:
        kind = str(rng.choice(["update", *LONG]))
        start = int(rng.uniform(9, days - 10) * DAY)
        wear = rng.uniform(0.06, 0.1) if kind == "battery_decay" else 0.0
        signal = LONG.get(kind, _unchanged)(values, start, rng)
        planted = [Planted(kind, signal, start, len(values))]
    _power(values, rng, wear, planted[0].start if planted else 0)
    for part, kind in enumerate(rng.choice(list(SHORT), 2, replace=False)):
        low, high, spoil = SHORT[kind]
        length = int(rng.uniform(low, high) * 60)
        begin = int(rng.uniform(0.05, 0.4) * len(values)) + part * len(values) // 2
        start = _attached(values, begin, length)
        if start is not None:
            signal = spoil(values[start : start + length], late[start : start + length], rng)
            planted.append(Planted(str(kind), signal, start, start + length))
    return planted


def _attached(values: np.ndarray, begin: int, length: int) -> int | None:
    """The first minute from `begin` on since which, for five hours and the length, it tells."""
    is_silent = np.isnan(values[:, HEART_RATE])
    before = 5 * 60
    for start in range(begin, len(values) - length - 60, 60):
        if start >= before and not is_silent[start - before : start + length + 60].any():
            return start
    return None


def _flatline(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    signal = int(rng.choice([HEART_RATE, PULSE, RESPIRATORY_RATE]))
    values[:, signal] = values[0, signal]
    return SIGNALS[signal]


def _stuck(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    """The lowest three bits are frozen."""
    signal = int(rng.choice([HEART_RATE, PULSE]))
    values[:, signal] = np.floor(values[:, signal] / 8) * 8
    return SIGNALS[signal]


def _noise(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    signal = int(rng.choice([HEART_RATE, RESPIRATORY_RATE, SPO2]))
    size = {HEART_RATE: 12, RESPIRATORY_RATE: 7, SPO2: 5}[signal]
    noisy = np.rint(values[:, signal] + rng.normal(0, size, len(values)))
    values[:, signal] = np.clip(noisy, 4, 100 if signal == SPO2 else 250)
    return SIGNALS[signal]


def _dropout(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    signal = rng.choice([HEART_RATE, RESPIRATORY_RATE, -1])
    values[:, signal if signal >= 0 else slice(None)] = np.nan
    return SIGNALS[signal] if signal >= 0 else "all"


def _probe_off(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    """Loose, it reads far too little; off, nothing. No pulse either way."""
    values[:, PULSE] = np.nan
    is_loose = rng.random() < 0.5
    loose = np.rint(rng.uniform(45, 72) + rng.normal(0, 2, len(values)))
    values[:, SPO2] = loose if is_loose else np.nan
    return "spo2"


def _cuff_leak(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    values[:, SYSTOLIC] = values[:, DIASTOLIC] + rng.integers(2, 10, len(values))
    return "systolic_bp"


def _clock_skew(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    late[:] = rng.choice([-1, 1]) * rng.uniform(180, 900)
    return "all"


def _duplicated(values: np.ndarray, late: np.ndarray, rng: Generator) -> str:
    """Every other minute the last set is sent again."""
    pairs = len(values) // 2 * 2
    values[1:pairs:2, :4] = values[0:pairs:2, :4]
    return "all"


Spoil = Callable[[np.ndarray, np.ndarray, Generator], str]

SHORT: dict[str, tuple[float, float, Spoil]] = {
    "flatline": (2, 6, _flatline),
    "stuck": (4, 10, _stuck),
    "noise": (1.5, 5, _noise),
    "dropout": (0.7, 3, _dropout),
    "probe_off": (0.7, 3, _probe_off),
    "cuff_leak": (4, 10, _cuff_leak),
    "clock_skew": (6, 24, _clock_skew),
    "duplicated": (3, 10, _duplicated),
}
"""Least and most hours that it lasts, and what it does; it tells the signal."""


def _drift(values: np.ndarray, start: int, rng: Generator) -> str:
    signal = str(rng.choice(list(SLOPE)))
    since = np.maximum(np.arange(len(values)) - start, 0) / DAY
    return _shift(values, signal, SLOPE[signal] * since)


def _step(values: np.ndarray, start: int, rng: Generator) -> str:
    signal = str(rng.choice(list(STEP)))
    return _shift(values, signal, STEP[signal] * (np.arange(len(values)) >= start))


def _calibration(values: np.ndarray, start: int, rng: Generator) -> str:
    """A bias from one moment on, or merely overdue."""
    if rng.random() < 0.7:
        return _step(values, start, rng)
    values[:, CALIBRATED] = 364 + (np.arange(len(values)) - start) // DAY + 1
    return "device_calibrated"


def _unchanged(values: np.ndarray, start: int, rng: Generator) -> str:
    return "all"


def _battery(values: np.ndarray, start: int, rng: Generator) -> str:
    return "device_battery"


LONG: dict[str, Callable[[np.ndarray, int, Generator], str]] = {
    "drift": _drift,
    "calibration": _calibration,
    "firmware_bias": _step,
    "battery_decay": _battery,
}


def _shift(values: np.ndarray, signal: str, bias: np.ndarray) -> str:
    column = SIGNALS.index(signal)
    digits = 1 if signal == "temperature" else 0
    values[:, column] = np.round(values[:, column] + bias, digits)
    return signal


def _power(values: np.ndarray, rng: Generator, wear: float, start: int) -> None:
    """Once a day 150 minutes on battery; a worn one empties faster each day from `start` on."""
    days = -(-len(values) // DAY)
    charge = np.full(days * DAY, 100.0)
    for day in range(days):
        begin = day * DAY + int(rng.uniform(6, 20) * 60)
        worn = (1 + wear) ** max(0, day - start // DAY)
        rate = EMPTYING * rng.uniform(0.95, 1.05) * worn / 60
        charge[begin : begin + 150] = np.maximum(100 - rate * np.arange(150), 1)
    minute = np.arange(len(values))
    values[:, BATTERY] = np.where(minute % 10 == 0, charge[: len(values)].round(), np.nan)
    told = values[:, CALIBRATED]
    told[np.isnan(told)] = 100 + (minute // DAY)[np.isnan(told)]
    told[minute % DAY != 600] = np.nan
