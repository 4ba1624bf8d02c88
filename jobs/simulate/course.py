"""The state of one stay: the patient, the illness, the care given, and what was charted."""

from dataclasses import dataclass, field
from math import inf

import numpy as np

from jobs.simulate import illness, physiology
from jobs.simulate.illness import Care, Fate
from jobs.simulate.parameters import DANGEROUS
from jobs.simulate.person import Person
from jobs.simulate.physiology import Noise


@dataclass(frozen=True)
class Chart:
    """One set of observations as written down."""

    time: float
    issued: float
    values: dict[str, float]
    """By concept: what was charted, in the concept's unit."""
    pause: float
    """Hours until the next look."""


@dataclass
class Course:
    """A stay as it unfolds. Times are hours from `until`; `clock` is the hour of day then."""

    person: Person
    fate: Fate
    noise: Noise
    clock: float
    admitted: float
    planned: float
    """When discharge is meant to be."""
    care: Care = field(default_factory=Care)
    ended: float = inf
    oxygen: list[tuple[float, float]] = field(default_factory=lambda: [(-inf, 0.0)])
    """(from when, L/min), in order of time."""
    charts: list[Chart] = field(default_factory=list)
    treated: float = inf
    """When ward treatment of a dangerous turn was started."""

    @property
    def is_dead(self) -> bool:
        return bool(np.isfinite(self.care.death))

    def severity(self, times: np.ndarray) -> np.ndarray:
        """(times, ILLNESSES)"""
        return illness.severity(self.fate.spells, self.care, times)

    def danger(self, time: float) -> float:
        """Severity that kills, whatever the illness."""
        return float(self.severity(np.array([time]))[0, :DANGEROUS].sum())

    def flow(self, times: np.ndarray) -> np.ndarray:
        """Oxygen given, L/min, at each time."""
        since, flow = zip(*self.oxygen, strict=True)
        return np.array(flow)[np.searchsorted(since, times, side="right") - 1]

    def signs(self, times: np.ndarray) -> np.ndarray:
        """The true signs, (times, SIGNS)."""
        severity, flow = self.severity(times), self.flow(times)
        return physiology.signs(self.person, self.noise, times, severity, flow, self.clock)

    def is_in_icu(self, time: float) -> bool:
        return self.care.icu_from <= time < self.care.icu_until

    def places(self) -> list[tuple[bool, float, float]]:
        """Where the patient lies: (is ICU, from, until), in order."""
        care = self.care
        cuts = [self.admitted, min(care.icu_from, self.ended), min(care.icu_until, self.ended)]
        spans = zip((False, True, False), cuts, [*cuts[1:], self.ended], strict=True)
        return [span for span in spans if span[1] < span[2]]
