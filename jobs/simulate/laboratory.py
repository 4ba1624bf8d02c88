"""Blood tests: when blood is drawn, and what the illness has done to it by then."""

import numpy as np
import pandas as pd

from jobs.simulate import parameters
from jobs.simulate.chance import LABS, Generator
from jobs.simulate.course import Course
from jobs.simulate.parameters import DANGEROUS, ILLNESSES
from jobs.simulate.world import Stay

PANELS = ("gas", "chemistry", "blood")


def results(stay: Stay) -> pd.DataFrame:
    """One row per result: time, issued (hours from `until`), concept, value (concept's unit)."""
    rng, course = stay.stream(LABS), stay.course
    draws = sorted(draw for draw in _draws(course, rng) if draw[0] < course.ended)
    table = parameters.labs()
    times = np.array([time for time, _ in draws])
    values = _values(course, times, rng)
    wanted = [[panel in panels for panel in table["panel"]] for _, panels in draws]
    draw, lab = np.nonzero(np.reshape(wanted, (len(draws), len(table))))
    waits = 0.8 * np.exp(0.4 * rng.standard_normal((len(draws), len(PANELS))))
    panel = table["panel"].map({name: number for number, name in enumerate(PANELS)}).to_numpy()
    return pd.DataFrame(
        {
            "time": times[draw],
            "issued": times[draw] + waits[draw, panel[lab]],
            "concept": table.index.to_numpy()[lab],
            "value": values[draw, lab],
        }
    )


def _draws(course: Course, rng: Generator) -> list[tuple[float, tuple[str, ...]]]:
    """(time, panels) on admission, in the morning, when a doctor worries, in intensive care."""
    draws = [(course.admitted + rng.uniform(0.3, 1.5), PANELS[1:])]
    stays = min(course.ended, course.admitted + 300) - course.admitted
    morning = (6 - course.clock - course.admitted) % 24
    draws += [
        (course.admitted + after + rng.normal(0, 0.4), PANELS[1:])
        for after in np.arange(morning, stays, 24)
        if after > 4 and rng.random() < 0.75
    ]
    if np.isfinite(course.treated):
        draws += [(course.treated + 0.1, PANELS), (course.treated + rng.uniform(4, 7), PANELS[:1])]
    if np.isfinite(course.care.icu_from):
        left = min(course.care.icu_until, course.ended)
        draws += [(time, PANELS[:1]) for time in np.arange(course.care.icu_from + 0.5, left, 6)]
    return draws


def _values(course: Course, times: np.ndarray, rng: Generator) -> np.ndarray:
    """(draws, labs): usual value, moved by the illness of some hours ago, measured."""
    table = parameters.labs()
    seen = times[:, None] - table["lag_hours"].to_numpy(dtype=float)
    severity = course.severity(seen.ravel()).reshape(*seen.shape, len(ILLNESSES))
    effects = table[list(ILLNESSES[:DANGEROUS])].to_numpy()
    moved = (severity[..., :DANGEROUS] * effects).sum(axis=-1)
    return course.person.labs * np.exp(moved + rng.normal(0, table["error"], moved.shape))
