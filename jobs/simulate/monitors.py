"""Bedside monitors: what each measures, how often it sends, and how it goes wrong."""

from dataclasses import dataclass

import numpy as np

from jobs.simulate import chance, parameters
from jobs.simulate.chance import MONITOR, READINGS, Generator
from jobs.simulate.course import Course
from jobs.simulate.physiology import (
    DIASTOLIC,
    HEART_RATE,
    RESPIRATORY_RATE,
    SPO2,
    SYSTOLIC,
    TEMPERATURE,
)
from jobs.simulate.wards import ICU, LIVE_WARD, Place
from jobs.simulate.world import Stay

SIGNALS = ("spo2", "heart_rate", "pulse", "respiratory_rate", "systolic_bp", "diastolic_bp")
SIGNALS += ("mean_bp", "temperature")
"""Columns of a set of readings, in this order."""
CUFF = slice(4, 7)

COARSE_HOURS, DENSE_HOURS = 7.5 / 60, 45 / 3600
"""Between two sets: as kept in history, and as sent by the live ward."""
CUFF_HOURS = 0.5

FAULTY_HOURS = 70.0
"""Mean hours between two faults of one monitor."""
SPIKE, ARTEFACT = 0.0006, 0.0006
"""Share of values that are impossible; share of saturations that are too low by movement."""
IMPOSSIBLE = np.array([184.0, 500.0, 500.0, 188.0, 400.0, 300.0, 300.0, 57.3])
"""What a spike looks like, per signal."""


@dataclass(frozen=True)
class Monitor:
    """One device at one bed."""

    device: str
    names_patient: bool
    """Whether readings carry the patient; else only the bed."""
    has_pulse: bool
    has_temperature: bool
    is_fahrenheit: bool
    counts_beats: bool
    """Sends a code that nobody has mapped (ventricular ectopics)."""


@dataclass(frozen=True)
class Fault:
    """A spell in which a device is wrong: `off` (probe fell off), `flat` (frozen), `dumb`."""

    kind: str
    start: float
    end: float


def at_bed(seed: int, place: Place) -> Monitor | None:
    """The monitor that stands at a bed: every live or ICU bed has one, half of the others."""
    rng = chance.stream(seed, MONITOR, *place.ward.encode(), place.bed)
    if rng.random() < 0.5 and place.ward not in (LIVE_WARD, ICU):
        return None
    return Monitor(
        device=f"mon-{rng.bytes(4).hex()}",
        names_patient=bool(rng.random() < 0.4),
        has_pulse=bool(rng.random() < 0.4),
        has_temperature=bool(rng.random() < 0.35),
        is_fahrenheit=bool(rng.random() < 0.2),
        counts_beats=bool(rng.random() < 0.1),
    )


def coarse(stay: Stay, number: int, monitor: Monitor) -> tuple[np.ndarray, np.ndarray]:
    """History of one place: times (n,) and readings (n, SIGNALS), NaN where nothing was sent."""
    place = stay.places[number]
    rng = stay.stream(READINGS, number)
    begin, faults = _attached(stay, number)
    end = min(place.end, 0.0) if place.ward == LIVE_WARD else place.end
    times = np.arange(begin, end, COARSE_HOURS)
    times = times + rng.uniform(0, 0.8 * COARSE_HOURS, len(times))
    return _readings(stay.course, times[times < end], COARSE_HOURS, monitor, faults, rng)


def dense(stay: Stay, number: int, monitor: Monitor, hour: int) -> tuple[np.ndarray, np.ndarray]:
    """One hour [hour, hour + 1) after `until` in the live ward, as `coarse` gives it."""
    place = stay.places[number]
    begin, faults = _attached(stay, number)
    rng = stay.stream(READINGS, number, hour)
    times = hour + np.arange(0, 1, DENSE_HOURS) + rng.uniform(0, DENSE_HOURS)
    times = times[(times >= begin) & (times < place.end) & (times > 0)]
    return _readings(stay.course, times, DENSE_HOURS, monitor, faults, rng)


def _attached(stay: Stay, number: int) -> tuple[float, list[Fault]]:
    """When the monitor is attached (some minutes after arrival), and its faults from then on."""
    place, rng = stay.places[number], stay.stream(READINGS, number, 0, 0)
    begin = place.start + rng.uniform(0.3, 1.0)
    count = rng.poisson(max(place.end - begin, 0) / FAULTY_HOURS)
    starts = begin + rng.uniform(0, 1, count) * (place.end - begin)
    kinds = rng.choice(["off", "flat", "dumb"], size=count)
    lengths = rng.uniform(0.15, 1.0, count)
    spells = zip(kinds.tolist(), starts.tolist(), (starts + lengths).tolist(), strict=True)
    return begin, [Fault(*spell) for spell in spells]


def _readings(
    course: Course, times: np.ndarray, every: float, monitor: Monitor,
    faults: list[Fault], rng: Generator,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """True signs, measured by this monitor with its faults."""
    values = _measured(course.signs(times), rng)
    values[:, CUFF][np.floor(times / CUFF_HOURS) == np.floor((times - every) / CUFF_HOURS)] = np.nan
    if not monitor.has_pulse:
        values[:, SIGNALS.index("pulse")] = np.nan
    if not monitor.has_temperature:
        values[:, SIGNALS.index("temperature")] = np.nan
    for fault in faults:
        _break(values, (times >= fault.start) & (times < fault.end), fault.kind)
    _disturb(values, rng)
    kept = ~np.isnan(values).all(axis=1)
    return times[kept], values[kept]


def _measured(signs: np.ndarray, rng: Generator) -> np.ndarray:
    """(times, SIGNS) -> (times, SIGNALS), rounded as the screen shows them."""
    noisy = signs + parameters.column("error") * rng.standard_normal(signs.shape)
    pulse = signs[:, HEART_RATE] + rng.normal(0, 1.5, len(signs))
    mean = (noisy[:, SYSTOLIC] + 2 * noisy[:, DIASTOLIC]) / 3
    values = np.stack(
        [
            np.minimum(noisy[:, SPO2], 100),
            noisy[:, HEART_RATE],
            pulse,
            noisy[:, RESPIRATORY_RATE],
            noisy[:, SYSTOLIC],
            noisy[:, DIASTOLIC],
            mean,
            noisy[:, TEMPERATURE],
        ],
        axis=1,
    )
    digits = np.where(np.arange(len(SIGNALS)) == SIGNALS.index("temperature"), 10, 1)
    return np.rint(values * digits) / digits


def _break(values: np.ndarray, rows: np.ndarray, kind: str) -> None:
    """A fault, in place: an empty probe reads 0, a frozen screen repeats, a dumb one is silent."""
    if not rows.any():
        return
    if kind == "off":
        values[rows, SIGNALS.index("spo2")] = 0
    elif kind == "flat":
        values[rows, :4] = values[rows, :4][0]
    else:
        values[rows] = np.nan


def _disturb(values: np.ndarray, rng: Generator) -> None:
    """Single wrong values, in place: impossible spikes, and saturations lowered by movement."""
    spo2 = values[:, SIGNALS.index("spo2")]
    moved = (rng.random(len(values)) < ARTEFACT) & (spo2 > 60)
    spo2[moved] -= np.rint(rng.uniform(8, 25, moved.sum()))
    spikes = (rng.random(values.shape) < SPIKE) & ~np.isnan(values)
    values[spikes] = np.broadcast_to(IMPOSSIBLE, values.shape)[spikes]
