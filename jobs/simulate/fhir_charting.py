"""FHIR R4 Observations of what nurses charted, with the slips that charting has."""

from collections.abc import Iterator
from datetime import datetime

from jobs.simulate import coding, dirt
from jobs.simulate.chance import CHARTING, Generator
from jobs.simulate.course import Chart
from jobs.simulate.fhir import TERMINOLOGY, Known, instant
from jobs.simulate.world import Stay

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
UCUM, LOCAL = "http://unitsofmeasure.org", "urn:wardtwin:local"

NUMERIC = ("heart_rate", "respiratory_rate", "spo2", "temperature", "oxygen_flow")
PRESSURES = ("systolic_bp", "diastolic_bp")
PRESSURE_PANEL = {"system": LOINC, "code": "85354-9", "display": "Blood pressure panel"}
PAIN = {"system": LOINC, "code": "72514-3", "display": "Pain severity 0-10"}
"""Charted by many, mapped by nobody here."""
PAIN_SHARE = 0.1
FAHRENHEIT_SHARE = 0.1
"""Of patients: the thermometer at their bed."""


def observations(stay: Stay, until: datetime) -> Iterator[Known]:
    """Everything charted about one stay, and the SpO2 scale that was prescribed."""
    rng = stay.stream(CHARTING)
    is_fahrenheit = rng.random() < FAHRENHEIT_SHARE
    if stay.course.person.is_scale_2:
        yield _prescription(stay, rng.uniform(0.2, 1.5), until)
    for number, chart in enumerate(stay.course.charts):
        frame = _frame(stay, chart, until)
        contents = list(_contents(chart, is_fahrenheit, rng))
        for part, content in enumerate(contents):
            native_id = {"id": f"{stay.course.person.encounter_id}-{number}-{part}"}
            resource = frame | native_id | _slip(content, rng)
            yield chart.issued, resource
            if rng.random() < dirt.DUPLICATE:
                yield chart.issued, resource


def _frame(stay: Stay, chart: Chart, until: datetime) -> dict:
    """What all observations of one set share."""
    category = {"system": f"{TERMINOLOGY}/observation-category", "code": "vital-signs"}
    return {
        "resourceType": "Observation",
        "id": "",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {},
        "subject": {"reference": f"Patient/{stay.course.person.patient_id}"},
        "encounter": {"reference": f"Encounter/{stay.course.person.encounter_id}"},
        "effectiveDateTime": instant(until, chart.time),
        "issued": instant(until, chart.issued),
    }


def _contents(chart: Chart, is_fahrenheit: bool, rng: Generator) -> Iterator[dict]:
    """Code and value of each Observation of one set."""
    for concept in NUMERIC:
        if concept in chart.values:
            yield _number(concept, chart.values[concept], is_fahrenheit)
    if PRESSURES[0] in chart.values:
        parts = [_number(concept, chart.values[concept], False) for concept in PRESSURES]
        yield {"code": {"coding": [PRESSURE_PANEL]}, "component": parts}
    for concept in ("consciousness", "oxygen"):
        if concept in chart.values:
            yield _coded(concept, int(chart.values[concept]), rng)
    if rng.random() < PAIN_SHARE:
        yield {"code": {"coding": [PAIN]}, "valueInteger": int(rng.integers(0, 11))}


def _number(concept: str, value: float, is_fahrenheit: bool) -> dict:
    unit = _code(concept)["unit"]
    if concept == "temperature" and is_fahrenheit:
        unit = "[degF]"
        value = round(coding.in_unit(value, concept, unit), 1)
    quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return {"code": _code(concept)["code"], "valueQuantity": quantity}


def _coded(concept: str, value: int, rng: Generator) -> dict:
    """As a SNOMED code where there is one, or in words, as the nurse's form has it."""
    words = coding.words(concept, value)
    texts = [word for word in words if not word.isdigit() and len(word) > 1]
    codes = [word for word in words if word.isdigit()]
    said = {"text": str(rng.choice(texts))}
    if codes and rng.random() < 0.7:
        said["coding"] = [{"system": SNOMED, "code": codes[0]}]
    return {"code": _code(concept)["code"], "valueCodeableConcept": said}


def _code(concept: str) -> dict:
    first = coding.codes("fhir", concept)[0]
    named = {"system": LOINC, "code": first.code, "display": first.label}
    return {"code": {"coding": [named]}, "unit": first.unit}


def _prescription(stay: Stay, after: float, until: datetime) -> Known:
    """NEWS2 SpO2 scale 2: a doctor sets it, soon after admission."""
    time = stay.course.admitted + after
    scale = coding.codes("fhir", "spo2_scale")[0]
    chart = Chart(time, time, {}, 0)
    resource = _frame(stay, chart, until) | {
        "id": f"{stay.course.person.encounter_id}-scale",
        "code": {"coding": [{"system": LOCAL, "code": scale.code, "display": scale.label}]},
        "valueInteger": 2,
    }
    return time, resource


def _slip(content: dict, rng: Generator) -> dict:
    """Now and then a decimal point is lost, a unit or a code is one that nobody knows."""
    if "valueQuantity" not in content:
        return content
    chance = rng.random()
    if chance < dirt.UNKNOWN_CODE:
        return content | {"code": {"coding": [{"system": LOCAL, "code": dirt.STRANGE_CODE}]}}
    quantity = content["valueQuantity"]
    if chance < dirt.UNKNOWN_CODE + dirt.UNKNOWN_UNIT:
        strange = {"unit": dirt.STRANGE_UNIT, "code": dirt.STRANGE_UNIT}
        return content | {"valueQuantity": quantity | strange}
    if chance < dirt.UNKNOWN_CODE + dirt.UNKNOWN_UNIT + dirt.IMPOSSIBLE:
        return content | {"valueQuantity": quantity | {"value": round(quantity["value"] * 10, 1)}}
    return content
