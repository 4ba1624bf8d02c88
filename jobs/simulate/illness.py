"""What befalls a patient: spells of illness as severity over time, and what care does to them.

Severity 0 is none, 1 is what needs intensive care, 1.5 kills. Times are hours from `until`.
"""

from dataclasses import dataclass, field
from math import inf

import numpy as np

from jobs.simulate.chance import Generator, log_normal
from jobs.simulate.parameters import DANGEROUS, ILLNESSES

INFECTION, RESPIRATORY, BLEEDING, COLLAPSE, PAIN, FEVER, ARRHYTHMIA = range(len(ILLNESSES))


@dataclass(frozen=True)
class Spell:
    """One illness: it rises to half its peak within `rise` hours and fades by itself, or never."""

    illness: int
    onset: float
    rise: float
    peak: float
    fade: float = inf

    def severity(self, times: np.ndarray) -> np.ndarray:
        """Untreated severity at each time."""
        since = np.maximum(times - self.onset, 0.0)
        risen = (since / self.rise) ** 2
        return self.peak * risen / (1 + risen) * np.exp(-since / self.fade)


@dataclass
class Care:
    """How treatment bends the course: on the ward from `relief` on, and in intensive care."""

    response: float = 0.0
    """Share of the illness that ward treatment reaches."""
    recovery: float = 12.0
    """Hours in which that share falls to a third."""
    relief: float = inf
    icu_from: float = inf
    icu_until: float = inf
    icu_recovery: float = 24.0
    death: float = inf


@dataclass(frozen=True)
class Fate:
    """What a patient would go through if nobody did anything."""

    spells: tuple[Spell, ...]
    response: float
    recovery: float
    icu_recovery: float
    crisis: float = field(default=inf)
    """When a sudden collapse is plain to everyone."""


def severity(spells: tuple[Spell, ...], care: Care, times: np.ndarray) -> np.ndarray:
    """Severity of each illness at each time, (times, ILLNESSES), under the care given."""
    ward = _on_ward(spells, care, np.minimum(times, care.icu_from))
    if np.isinf(care.icu_from):
        return ward
    since = np.maximum(times - care.icu_from, 0.0)
    if np.isinf(care.death):
        return ward * np.exp(-since / care.icu_recovery)[:, None]
    return ward * (1 + since / max(care.death - care.icu_from, 0.1))[:, None]


def _on_ward(spells: tuple[Spell, ...], care: Care, times: np.ndarray) -> np.ndarray:
    untreated = _untreated(spells, times)
    if np.isinf(care.relief):
        return untreated
    since = np.maximum(times - care.relief, 0.0)[:, None]
    at_relief = _untreated(spells, np.array([care.relief]))
    reached = np.minimum(untreated, at_relief) * np.exp(-since / care.recovery)
    treated = (1 - care.response) * untreated + care.response * reached
    treated[:, DANGEROUS:] = untreated[:, DANGEROUS:]
    return np.where(since > 0, treated, untreated)


def _untreated(spells: tuple[Spell, ...], times: np.ndarray) -> np.ndarray:
    total = np.zeros((len(times), len(ILLNESSES)))
    for spell in spells:
        total[:, spell.illness] += spell.severity(times)
    return total


def befall(
    rng: Generator, admitted: float, hours: float, turn: tuple[float, float], likely: float
) -> Fate:
    """Draw what a stay of `hours` brings; `likely` is the chance of a dangerous turn in `turn`.

    Speed, severity and answer to treatment differ widely between patients: some turns pass by
    themselves, some are slow, one in twenty comes without warning.
    """
    presenting = _presenting(rng, admitted)
    spells = [presenting, *_false_alarms(rng, admitted, hours)]
    crisis = inf
    if rng.random() < likely * (0.25 + 3 * presenting.peak):
        spells.append(_turn(rng, turn))
        if spells[-1].illness == COLLAPSE:
            crisis = spells[-1].onset + 2 * spells[-1].rise
    return Fate(
        tuple(spells),
        response=float(rng.beta(0.6, 0.9)),
        recovery=log_normal(rng, 6, 0.5),
        icu_recovery=log_normal(rng, 18, 0.4),
        crisis=crisis,
    )


def _presenting(rng: Generator, admitted: float) -> Spell:
    """What brought the patient in: at its worst then, and fading."""
    kinds = [INFECTION, RESPIRATORY, BLEEDING, PAIN, ARRHYTHMIA]
    illness = int(rng.choice(kinds, p=[0.30, 0.22, 0.10, 0.30, 0.08]))
    peak = float(rng.beta(1.2, 3.6))
    return Spell(illness, admitted - 6, 1.0, peak, log_normal(rng, 30, 0.5))


def _false_alarms(rng: Generator, admitted: float, hours: float) -> list[Spell]:
    """Pain, fever and fast atrial fibrillation: they look like danger and pass."""
    count = rng.poisson(hours / 60)
    kinds = rng.choice([PAIN, FEVER, ARRHYTHMIA], size=count, p=[0.45, 0.40, 0.15])
    return [
        Spell(
            int(kind),
            admitted + rng.uniform(0, hours),
            log_normal(rng, 1.0, 0.5),
            float(rng.uniform(0.5, 1.6)),
            log_normal(rng, 4.0, 0.6),
        )
        for kind in kinds
    ]


def _turn(rng: Generator, window: tuple[float, float]) -> Spell:
    """A dangerous illness; more often than not it was on its way when the patient came."""
    kinds = [INFECTION, RESPIRATORY, BLEEDING, COLLAPSE]
    illness = int(rng.choice(kinds, p=[0.45, 0.36, 0.14, 0.05]))
    onset = window[0] + (window[1] - window[0]) * rng.beta(0.7, 2.0)
    if illness == COLLAPSE:
        return Spell(illness, onset, log_normal(rng, 0.3, 0.4), log_normal(rng, 1.6, 0.2))
    fade = log_normal(rng, 150, 0.6)
    rise = log_normal(rng, 8 if illness == BLEEDING else 28, 0.4)
    return Spell(illness, onset, rise, log_normal(rng, 1.5, 0.25), fade)
