"""How doctors answer: treatment, transfer, discharge; noisy, late, and not always in time."""

from dataclasses import dataclass
from math import inf

import numpy as np

from jobs.simulate.chance import Generator, log_normal
from jobs.simulate.course import Course
from jobs.simulate.person import Person

LONGEST = 240.0
"""Hours after which anyone may be moved elsewhere, well or not."""
DEADLY = 1.15
"""Severity above which patients begin to die on the ward."""


@dataclass(frozen=True)
class Team:
    """One patient's doctors: what they take for how dangerous, and what they would do."""

    bias: float
    treats_from: float
    transfers_from: float
    has_ceiling: bool
    """Not for intensive care, whatever happens."""


def team(rng: Generator, person: Person) -> Team:
    return Team(
        bias=float(rng.normal(0, 0.1)),
        treats_from=float(rng.normal(0.5, 0.1)),
        transfers_from=float(rng.normal(0.92, 0.1)),
        has_ceiling=bool(rng.random() < 0.04 + 0.2 * (person.age > 82)),
    )


def react(course: Course, now: float, team: Team, rng: Generator) -> None:
    """What follows from one look at a patient, written into `course`."""
    if course.is_in_icu(now):
        return
    danger = course.danger(now)
    perceived = danger + team.bias + rng.normal(0, 0.12)
    if np.isinf(course.treated) and perceived > team.treats_from:
        _treat(course, now, rng)
    is_transferable = np.isinf(course.care.icu_from) and not team.has_ceiling
    if is_transferable and perceived > team.transfers_from and rng.random() < 0.75:
        _transfer(course, now, danger, rng)
    elif now >= course.planned and (perceived < 0.45 or now > course.admitted + LONGEST):
        _discharge(course, now, rng)


def lose(course: Course, now: float, following: float, rng: Generator) -> None:
    """Death on the ward between two looks: the likelier, the sicker."""
    if now >= course.care.icu_from:
        return
    hours = min(following, course.care.icu_from, course.ended) - now
    hazard = 0.10 * max(course.danger(now + hours / 2) - DEADLY, 0)
    after = rng.exponential(1 / hazard) if hazard > 0 else inf
    if after < hours:
        course.care.icu_from = course.care.icu_until = inf
        course.care.death = course.ended = now + after


def _treat(course: Course, now: float, rng: Generator) -> None:
    """Fluids, antibiotics, oxygen: it takes time to begin and hours to work."""
    course.treated = now + 0.3 + rng.exponential(1.2)
    course.care.relief = course.treated + rng.uniform(1, 4)
    course.care.response = course.fate.response
    course.care.recovery = course.fate.recovery


def _transfer(course: Course, now: float, danger: float, rng: Generator) -> None:
    """A bed in intensive care is found; the sickest wait less. One in six dies there."""
    care = course.care
    care.icu_from = now + log_normal(rng, 0.5 if danger > 1.3 else 1.5, 0.6)
    care.icu_until = care.icu_from + log_normal(rng, 32, 0.5)
    care.icu_recovery = course.fate.icu_recovery
    course.planned = care.icu_until + rng.uniform(12, 40)
    if rng.random() < 0.16:
        care.death = course.ended = care.icu_from + rng.uniform(0.05, 1) * (
            care.icu_until - care.icu_from
        )


def _discharge(course: Course, now: float, rng: Generator) -> None:
    """Home, by day."""
    leaves = now + rng.uniform(0.5, 3)
    if 8 <= (leaves + course.clock) % 24 < 21:
        course.ended = leaves
