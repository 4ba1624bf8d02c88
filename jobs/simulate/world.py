"""The world of the synthetic hospital: who comes, what befalls them, where they lie."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count

import numpy as np

from jobs.simulate import chance, illness, person, physiology
from jobs.simulate.bedside import live_through
from jobs.simulate.chance import BEDS, COURSE, NEWCOMER, PATIENT, Generator
from jobs.simulate.course import Course
from jobs.simulate.wards import LIVE_WARD, BedPlan, Place

LIVE_HOURS = 7 * 24
"""How far beyond `until` the live ward goes on receiving patients."""

LIKELY = 0.42
"""Chance that a stay takes a dangerous turn; about half of these end in deterioration."""
LIKELY_LIVE = 0.70
"""The same for those in the live ward at `until`: there is always something to show."""


@dataclass(frozen=True)
class Stay:
    """One patient's stay with its beds; `seed` and `key` name its random streams."""

    seed: int
    key: tuple[int, ...]
    course: Course
    places: tuple[Place, ...]

    def stream(self, *part: int) -> Generator:
        return chance.stream(self.seed, *self.key, *part)

    def is_in(self, ward: str, time: float) -> bool:
        return any(place.ward == ward and place.start <= time < place.end for place in self.places)


@dataclass(frozen=True)
class Hospital:
    """A whole world: its history up to `until`, and what is yet to come."""

    until: datetime
    stays: tuple[Stay, ...]

    def seconds(self, times: np.ndarray) -> np.ndarray:
        """Hours from `until` as whole seconds since 1970."""
        return np.rint(np.asarray(times) * 3600).astype(np.int64) + int(self.until.timestamp())


@lru_cache(maxsize=2)
def build(seed: int, patients: int, days: int, until: datetime, beds: int = 24) -> Hospital:
    """The world of `patients` admitted in the `days` before `until` (aware, whole seconds).

    The first `beds` of them (all, if there are fewer) are in the live ward at `until`; when one
    leaves, another follows. Everybody else is elsewhere, or was in the ward before.
    """
    if until.tzinfo is None:
        raise ValueError("`until` needs a time zone")
    until = until.astimezone(UTC).replace(microsecond=0)
    clock = until.hour + until.minute / 60
    beds = min(beds, patients)
    plan = BedPlan(beds)
    courses = [_occupant(seed, (PATIENT, k), days, clock) for k in range(beds)]
    for bed, course in enumerate(courses, start=1):
        plan.reserve(bed, course.admitted)
    stays = []
    for k, course in enumerate(courses):
        stays.append(_placed(seed, (PATIENT, k), course, plan, live_bed=k + 1))
        stays += _succession(seed, k + 1, stays[-1], plan, clock)
    for k in range(beds, patients):
        course = _visitor(seed, (PATIENT, k), days, clock)
        stays.append(_placed(seed, (PATIENT, k), course, plan))
    return Hospital(until, tuple(stays))


def _occupant(seed: int, key: tuple[int, ...], days: int, clock: float) -> Course:
    """A patient who is in the live ward at `until`: drawn anew until that is so."""
    for attempt in count():
        rng = chance.stream(seed, *key, COURSE, attempt)
        admitted = -rng.uniform(3, min(72, 24 * days))
        planned = rng.uniform(4, 80)
        turn = (max(admitted - 22, -30.0), min(planned, 8.0))
        course = _stay(rng, admitted, planned - admitted, turn, LIKELY_LIVE, clock)
        if min(course.ended, course.care.icu_from) > 0:
            break
    return course


def _visitor(seed: int, key: tuple[int, ...], days: int, clock: float) -> Course:
    rng = chance.stream(seed, *key, COURSE)
    return _ordinary(rng, -rng.uniform(6, 24 * days), clock)


def _succession(seed: int, bed: int, stay: Stay, plan: BedPlan, clock: float) -> list[Stay]:
    """Whoever follows in one bed of the live ward, one after the other."""
    followers: list[Stay] = []
    freed = stay.places[0].end
    while freed < LIVE_HOURS:
        key = (NEWCOMER, bed, len(followers))
        rng = chance.stream(seed, *key, COURSE)
        course = _ordinary(rng, freed + rng.uniform(0.7, 4), clock)
        followers.append(_placed(seed, key, course, plan, bed))
        freed = followers[-1].places[0].end
    return followers


def _ordinary(rng: Generator, admitted: float, clock: float) -> Course:
    hours = float(np.clip(chance.log_normal(rng, 22, 0.5), 6, 96))
    return _stay(rng, admitted, hours, (admitted - 16, admitted + hours), LIKELY, clock)


def _stay(
    rng: Generator, admitted: float, hours: float, turn: tuple[float, float],
    likely: float, clock: float,
) -> Course:  # fmt: skip
    """One stay, lived from admission to its end; a dangerous turn would begin within `turn`."""
    fate = illness.befall(rng, admitted, hours, turn, likely)
    noise = physiology.draw_noise(rng, admitted)
    course = Course(person.born(rng), fate, noise, clock, admitted, admitted + hours)
    return live_through(course, rng)


def _placed(
    seed: int, key: tuple[int, ...], course: Course, plan: BedPlan, live_bed: int | None = None
) -> Stay:
    """Find beds: the first in the live ward if one is given, else wherever there is room."""
    rng = chance.stream(seed, *key, BEDS)
    places = []
    for is_icu, start, end in course.places():
        if is_icu:
            places.append(plan.icu_bed(start, end))
        elif live_bed and not places:
            places.append(plan.take(LIVE_WARD, live_bed, start, end))
        else:
            first = 0 if not places and rng.random() < 0.25 else int(rng.integers(1, 4))
            places.append(plan.first_free(first, start, end))
    return Stay(seed, key, course, tuple(places))
