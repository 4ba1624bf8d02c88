"""One stay from admission to its end: illness, charting and care, each answering the others."""

from math import inf

from jobs.simulate import clinicians, nursing
from jobs.simulate.chance import Generator
from jobs.simulate.course import Course


def live_through(course: Course, rng: Generator) -> Course:
    """Let the stay run from look to look until death or discharge; `course` is filled in."""
    habits, team = nursing.habits(rng), clinicians.team(rng, course.person)
    now = course.admitted + rng.uniform(0.05, 0.35)
    while now < course.ended:
        chart = nursing.look(course, now, habits, rng)
        course.charts.append(chart)
        clinicians.react(course, now, team, rng)
        following = min(now + chart.pause, _crisis_after(course, now))
        clinicians.lose(course, now, following, rng)
        now = following
    return course


def _crisis_after(course: Course, now: float) -> float:
    """Someone comes running when a patient collapses."""
    return course.fate.crisis if now < course.fate.crisis else inf
