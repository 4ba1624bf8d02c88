"""FHIR R4, as the hospital's record system exports it: the resources about one stay.

Every function gives (known, resource) pairs: `known` is when the record system knew, in hours from
`until`; a stay that changes is exported again, whole, each time.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np

from jobs.simulate.chance import RECORDS
from jobs.simulate.treatments import Drug, administrations
from jobs.simulate.wards import Place
from jobs.simulate.world import Stay

Known = tuple[float, dict]

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
MINUTE = 1 / 60


def instant(until: datetime, time: float) -> str:
    """Hours from `until` as a FHIR instant, to the second."""
    return (until + timedelta(seconds=round(time * 3600))).isoformat()


def patients(stay: Stay, until: datetime) -> Iterator[Known]:
    """The person on admission, and once more after death."""
    person, course, rng = stay.course.person, stay.course, stay.stream(RECORDS, 0)
    given, family = person.name
    resource = {
        "resourceType": "Patient",
        "id": person.patient_id,
        "name": [{"family": family, "given": [given]}],
        "gender": person.sex,
        "birthDate": str(date(until.year - person.age, 1, 1) + timedelta(days=person.birthday)),
    }
    yield _version(1, course.admitted + rng.uniform(1, 4) * MINUTE, resource, until)
    if course.is_dead:
        death = {"deceasedDateTime": instant(until, course.ended)}
        yield _version(2, course.ended + rng.uniform(10, 60) * MINUTE, resource | death, until)


def encounters(stay: Stay, until: datetime) -> Iterator[Known]:
    """The stay on admission, after each move, and when it is over."""
    rng, places = stay.stream(RECORDS, 1), stay.places
    changes = [*(place.start for place in places), stay.course.ended]
    known = np.add(changes, rng.uniform(3, 12, len(changes)) * MINUTE)
    for number, time in enumerate(np.maximum.accumulate(known).tolist(), start=1):
        yield _version(number, time, _encounter(stay, number, until), until)


def _encounter(stay: Stay, changes: int, until: datetime) -> dict:
    """The stay after so many changes: the last of all is its end."""
    course, is_over = stay.course, changes > len(stay.places)
    resource = {
        "resourceType": "Encounter",
        "id": course.person.encounter_id,
        "status": "finished" if is_over else "in-progress",
        "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{course.person.patient_id}"},
        "period": {"start": instant(until, course.admitted)},
        "location": [
            _location(place, is_over or number < changes, until)
            for number, place in enumerate(stay.places[:changes], start=1)
        ],
    }
    if is_over:
        code = "exp" if course.is_dead else "home"
        coding = {"system": f"{TERMINOLOGY}/discharge-disposition", "code": code}
        resource["period"]["end"] = instant(until, course.ended)
        resource["hospitalization"] = {"dischargeDisposition": {"coding": [coding]}}
    return resource


def _location(place: Place, is_left: bool, until: datetime) -> dict:
    kind = {"system": f"{TERMINOLOGY}/location-physical-type", "code": "bd"}
    period = {"start": instant(until, place.start)}
    if is_left:
        period["end"] = instant(until, place.end)
    return {
        "location": {"display": place.name},
        "status": "completed" if is_left else "active",
        "physicalType": {"coding": [kind]},
        "period": period,
    }


def medications(stay: Stay, until: datetime) -> Iterator[Known]:
    """Each drug when it has been given; an infusion also when it starts."""
    rng = stay.stream(RECORDS, 2)
    for number, drug in enumerate(administrations(stay)):
        resource = _administration(stay, number, drug, until)
        delays = rng.uniform(1, 8, 2) * MINUTE
        if drug.is_infusion:
            period = {"start": instant(until, drug.start)}
            begun = {"status": "in-progress", "effectivePeriod": period}
            yield _version(1, drug.start + delays[0], resource | begun, until)
        yield _version(1 + drug.is_infusion, drug.end + delays[1], resource, until)


def _administration(stay: Stay, number: int, drug: Drug, until: datetime) -> dict:
    person = stay.course.person
    amount = {"value": drug.dose, "unit": drug.unit, "code": drug.unit}
    coding = {"system": RXNORM, "code": drug.code, "display": drug.name}
    return {
        "resourceType": "MedicationAdministration",
        "id": f"{person.encounter_id}-m{number}",
        "status": "completed",
        "medicationCodeableConcept": {"coding": [coding], "text": drug.name},
        "subject": {"reference": f"Patient/{person.patient_id}"},
        "context": {"reference": f"Encounter/{person.encounter_id}"},
        "effectivePeriod": {
            "start": instant(until, drug.start),
            "end": instant(until, drug.end),
        },
        "dosage": {"rateQuantity" if drug.is_infusion else "dose": amount},
    }


def _version(number: int, known: float, resource: dict, until: datetime) -> Known:
    meta = {"versionId": str(number), "lastUpdated": instant(until, known)}
    return known, resource | {"meta": meta}
