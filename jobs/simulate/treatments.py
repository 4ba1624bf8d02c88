"""Drugs given: those that calm an illness, and the infusions that hold a pressure up."""

from dataclasses import dataclass
from functools import cache
from math import inf

import numpy as np
import pandas as pd

from jobs.simulate import coding, parameters
from jobs.simulate.chance import DRUGS, Generator, log_normal
from jobs.simulate.course import Course
from jobs.simulate.illness import BLEEDING, COLLAPSE, INFECTION, Spell
from jobs.simulate.parameters import DANGEROUS, ILLNESSES
from jobs.simulate.world import Stay

PRESSOR = "norepinephrine"


@dataclass(frozen=True)
class Drug:
    """One administration; times in hours from `until`."""

    code: str
    name: str
    start: float
    end: float
    dose: float
    unit: str
    is_infusion: bool = False


@cache
def formulary() -> pd.DataFrame:
    """drugs.csv: RxNorm ingredients, what they are given for, dose, unit, hours."""
    return pd.read_csv(parameters.HERE / "drugs.csv", dtype={"rxnorm": str})


def administrations(stay: Stay) -> list[Drug]:
    """Everything given during one stay, in order of its start."""
    rng, course = stay.stream(DRUGS), stay.course
    given = [drug for spell in course.fate.spells for drug in _relief(course, spell, rng)]
    if np.isfinite(course.treated):
        given += _against(int(np.argmax(_dangers(course, course.treated))), course.treated, rng)
    given += _pressor(course, rng)
    return sorted((drug for drug in given if drug.end < course.ended), key=lambda drug: drug.start)


def _dangers(course: Course, time: float) -> np.ndarray:
    return course.severity(np.array([time]))[0, :DANGEROUS]


def _relief(course: Course, spell: Spell, rng: Generator) -> list[Drug]:
    """Pain, fever and palpitations are treated once they bother, and so is what brought one in."""
    if spell.illness < DANGEROUS and spell.onset >= course.admitted:
        return []
    start = max(spell.onset + spell.rise, course.admitted) + rng.uniform(0.3, 2.5)
    return _against(spell.illness, start, rng) if spell.peak > 0.2 else []


def _against(illness: int, start: float, rng: Generator) -> list[Drug]:
    table = formulary()
    rows = table[table["given_for"] == ILLNESSES[illness]]
    starts = start + rng.uniform(0, 0.5, len(rows))
    return [
        Drug(row.rxnorm, row.name, begin, begin + row.hours, row.dose, row.unit)
        for row, begin in zip(rows.itertuples(index=False), starts.tolist(), strict=True)
    ]


def _pressor(course: Course, rng: Generator) -> list[Drug]:
    """In shock: at times begun on the ward, an hour before the transfer."""
    care = course.care
    if np.isinf(care.icu_from):
        return []
    shock = _dangers(course, care.icu_from)[[INFECTION, BLEEDING, COLLAPSE]].sum()
    if rng.random() > 0.75 * shock:
        return []
    start = max(care.icu_from + rng.uniform(-1, 5), course.admitted + 0.1)
    end = min(start + log_normal(rng, 18, 0.6), care.icu_until, course.ended - 0.05)
    code = coding.codes("fhir", PRESSOR)[0]
    dose = round(log_normal(rng, 0.12, 0.5), 2)
    infusion = Drug(code.code, PRESSOR.title(), start, end, dose, "ug/kg/min", is_infusion=True)
    return [infusion] if end > start else []


def deterioration(stay: Stay) -> float:
    """When the stay's first deterioration is, by clinical-definitions.md section 7; inf if none."""
    pressors = [drug.start for drug in administrations(stay) if drug.is_infusion]
    return min([stay.course.care.icu_from, stay.course.care.death, *pressors, inf])
