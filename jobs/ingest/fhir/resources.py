"""What is read of each FHIR R4 resource type, and which of our columns it fills."""

from collections.abc import Callable
from dataclasses import dataclass

from jobs.ingest.fhir.choices import code, known_codes, known_values, native_id, unit, value

TEXT = "VARCHAR"
REFERENCE = {"reference": TEXT}
PERIOD = {"start": TEXT, "end": TEXT}
CODEABLE = {"coding": [{"system": TEXT, "code": TEXT}], "text": TEXT}
QUANTITY = {"value": TEXT, "comparator": TEXT, "unit": TEXT, "system": TEXT, "code": TEXT}
META = {"lastUpdated": TEXT}
RECORD = {"id": TEXT, "status": TEXT, "subject": REFERENCE, "encounter": REFERENCE, "meta": META}
VALUE = {
    "code": CODEABLE,
    "valueQuantity": QUANTITY,
    "valueCodeableConcept": CODEABLE,
    "valueString": TEXT,
    "valueInteger": TEXT,
    "valueBoolean": TEXT,
}


@dataclass(frozen=True)
class Rows:
    """Rows for one table: our column -> SQL over the fields of `shape` (and `piece`, see Part)."""

    into: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Resource:
    """One type: the fields that are read (all else is passed over), the row that it becomes, and
    the rows that the elements of a list in it become (`part_of`: `piece` is the element).

    A row whose `needed` column is empty is dropped where the list has elements.
    """

    shape: dict
    row: Rows
    part_of: str = ""
    part: Rows | None = None
    needed: str = ""


def resource(kind: str, code_set: str) -> Resource:
    """How a resource of this type is read, for a source with this code set."""
    return KINDS[kind](code_set)


def _patient(code_set: str) -> Resource:
    columns = {
        "patient": "id",
        "name": "concat_ws(' ', array_to_string(name[1].given, ' '), name[1].family)",
        "sex": "gender",
        "birth_year": "birthDate",
        "death_time": "deceasedDateTime",
        "arrived": "meta.lastUpdated",
    }
    names = [{"family": TEXT, "given": [TEXT]}]
    shape = dict.fromkeys(("id", "gender", "birthDate", "deceasedDateTime"), TEXT)
    return Resource(shape | {"meta": META, "name": names}, Rows("patient", columns))


def _encounter(code_set: str) -> Resource:
    shape = {
        **{"id": TEXT, "status": TEXT, "class": {"code": TEXT}, "subject": REFERENCE},
        **{"partOf": REFERENCE, "period": PERIOD, "meta": META},
        "hospitalization": {"dischargeDisposition": CODEABLE},
        "location": [{"location": {"display": TEXT, "reference": TEXT}, "period": PERIOD}],
    }
    died = "list_contains(list_transform(hospitalization.dischargeDisposition.coding, "
    columns = {
        "patient": native_id("subject", "Patient"),
        "encounter": "id",
        "part_of": native_id("partOf", "Encounter"),
        "class": '"class".code',
        "start_time": "period.start",
        "end_time": 'period."end"',
        "death_time": f"CASE WHEN {died}lambda c: c.code), 'exp') THEN period.\"end\" END",
        "arrived": "meta.lastUpdated",
        "status": "status",
    }
    places = {
        "patient": "patient",
        "encounter": "encounter",
        "ward": "split_part(piece.location.display, ' / ', 1)",
        "bed": "split_part(piece.location.display, ' / ', 2)",
        "place": native_id("piece.location", "Location"),
        "start_time": "coalesce(piece.period.start, start_time)",
        "end_time": 'piece.period."end"',
        "arrived": "arrived",
        "status": "status",
    }
    return Resource(shape, Rows("encounter", columns), "location", Rows("location", places))


def _observation(code_set: str) -> Resource:
    """A value of its own, and each component's: a row each. One with neither is a row to refuse.

    A component is named by its code, the value of its own by the resource's id alone: a correction
    may say that it was another thing that was measured.
    `issued` is when a result was made known; what takes it back or changes it is known later.
    """
    shape = {
        **RECORD,
        **{"device": REFERENCE, "effectiveDateTime": TEXT, "effectiveInstant": TEXT},
        **{"effectivePeriod": PERIOD, "issued": TEXT},
        **VALUE,
        "component": [VALUE],
    }
    columns = {
        **_about("id"),
        "device": native_id("device", "Device"),
        "time": "coalesce(effectiveDateTime, effectiveInstant, "
        'effectivePeriod."end", effectivePeriod.start)',
        "arrived": "CASE WHEN status IN ('amended', 'corrected', 'cancelled', 'entered-in-error') "
        "THEN coalesce(meta.lastUpdated, issued) ELSE coalesce(issued, meta.lastUpdated) END",
        "status": "status",
    }
    same = {column: column for column in columns}
    own, piece = _value("", code_set), _value("piece.", code_set)
    same["native_id"] = f"native_id || '#' || coalesce({piece['code']}, '')"
    return Resource(
        shape,
        Rows("observation", columns | own),
        "component",
        Rows("observation", same | piece),
        needed="value",
    )


def _about(own_id: str, encounter: str = "encounter") -> dict[str, str]:
    """A record's own id, whose it is, and the stay that it belongs to."""
    return {
        "native_id": own_id,
        "patient": native_id("subject", "Patient"),
        "encounter": native_id(encounter, "Encounter"),
    }


def _value(prefix: str, code_set: str) -> dict[str, str]:
    """The code and the value of an Observation ("") or of one of its components ("piece.")."""
    coded = value(f"{prefix}valueCodeableConcept", known_values(code_set))
    return {
        "code": code(f"{prefix}code", known_codes(code_set)),
        # "<5" is no number: concat_ws skips a comparator that is missing
        "value": f"coalesce(nullif(concat_ws('', {prefix}valueQuantity.comparator, "
        f"{prefix}valueQuantity.value), ''), {coded}, "
        f"{prefix}valueString, {prefix}valueInteger, {prefix}valueBoolean)",
        "unit": unit(f"{prefix}valueQuantity"),
    }


def _administration(code_set: str) -> Resource:
    shape = {
        **RECORD,
        **{"context": REFERENCE, "medicationCodeableConcept": CODEABLE, "effectiveDateTime": TEXT},
        **{"effectivePeriod": PERIOD, "dosage": {"rateQuantity": QUANTITY, "dose": QUANTITY}},
    }
    columns = {
        **_about("'MedicationAdministration/' || id", "context"),
        "code": code("medicationCodeableConcept", known_codes(code_set)),
        "start_time": "coalesce(effectivePeriod.start, effectiveDateTime)",
        "end_time": 'coalesce(effectivePeriod."end", effectiveDateTime)',
        "arrived": "meta.lastUpdated",
        "dose": "coalesce(dosage.rateQuantity.value, dosage.dose.value)",
        "unit": f"coalesce({unit('dosage.rateQuantity')}, {unit('dosage.dose')})",
        "status": "status",
    }
    return Resource(shape, Rows("treatment", columns))


def _request(code_set: str) -> Resource:
    """An order: nothing says that it was given."""
    dosed = [{"doseAndRate": [{"rateQuantity": QUANTITY, "doseQuantity": QUANTITY}]}]
    shape = {
        **RECORD,
        **{"medicationCodeableConcept": CODEABLE, "authoredOn": TEXT},
        "dosageInstruction": dosed,
    }
    asked = "dosageInstruction[1].doseAndRate[1]"
    columns = {
        **_about("'MedicationRequest/' || id"),
        "code": code("medicationCodeableConcept", known_codes(code_set)),
        "start_time": "authoredOn",
        "arrived": "coalesce(meta.lastUpdated, authoredOn)",
        "dose": f"coalesce({asked}.rateQuantity.value, {asked}.doseQuantity.value)",
        "unit": f"coalesce({unit(f'{asked}.rateQuantity')}, {unit(f'{asked}.doseQuantity')})",
        "status": "status",
        "is_order": "'true'",
    }
    return Resource(shape, Rows("treatment", columns))


def _procedure(code_set: str) -> Resource:
    shape = {
        **RECORD,
        **{"code": CODEABLE, "performedDateTime": TEXT, "performedPeriod": PERIOD},
    }
    columns = {
        **_about("'Procedure/' || id"),
        "code": code("code", known_codes(code_set)),
        "start_time": "coalesce(performedPeriod.start, performedDateTime)",
        "end_time": 'coalesce(performedPeriod."end", performedDateTime)',
        "arrived": "meta.lastUpdated",
        "status": "CASE status WHEN 'preparation' THEN 'planned' ELSE status END",
    }
    return Resource(shape, Rows("treatment", columns))


def _condition(code_set: str) -> Resource:
    """What was refuted is not so: taken back, like what was entered in error."""
    shape = {
        **RECORD,
        **{"code": CODEABLE, "verificationStatus": CODEABLE},
        **{"onsetDateTime": TEXT, "onsetPeriod": PERIOD, "recordedDate": TEXT},
    }
    verified = "verificationStatus.coding[1].code"
    columns = {
        **_about("id"),
        "code": code("code", known_codes(code_set)),
        "time": "coalesce(onsetDateTime, onsetPeriod.start, recordedDate)",
        "arrived": f"CASE WHEN {verified} IN ('entered-in-error', 'refuted') "
        "THEN coalesce(meta.lastUpdated, recordedDate) "
        "ELSE coalesce(recordedDate, meta.lastUpdated) END",
        "status": f"CASE {verified} WHEN 'refuted' THEN 'entered-in-error' ELSE {verified} END",
    }
    return Resource(shape, Rows("condition", columns))


def _device(code_set: str) -> Resource:
    shape = {
        **{"id": TEXT, "modelNumber": TEXT, "deviceName": [{"name": TEXT}], "meta": META},
        **{"type": CODEABLE, "version": [{"type": CODEABLE, "value": TEXT}]},
    }
    firmware = 'list_filter(version, lambda v: lower(v."type"."text") = \'firmware\' OR '
    columns = {
        "device": "id",
        "kind": 'coalesce("type"."text", deviceName[1].name, "type".coding[1].code)',
        "model": "modelNumber",
        "firmware": f'coalesce({firmware}v."type".coding[1].code = \'firmware\')[1]."value", '
        'version[1]."value")',
        "arrived": "meta.lastUpdated",
    }
    return Resource(shape, Rows("device", columns))


def _location(code_set: str) -> Resource:
    """A place. Who lay there, and when, is told by the Encounter that refers to it."""
    shape = {
        **{"id": TEXT, "name": TEXT, "partOf": REFERENCE, "meta": META},
        "physicalType": CODEABLE,
    }
    columns = {
        "place": "id",
        "within": native_id("partOf", "Location"),
        "name": "name",
        "form": "physicalType.coding[1].code",
        "arrived": "meta.lastUpdated",
    }
    return Resource(shape, Rows("place", columns))


KINDS: dict[str, Callable[[str], Resource]] = {
    "Patient": _patient,
    "Encounter": _encounter,
    "Location": _location,
    "Observation": _observation,
    "MedicationAdministration": _administration,
    "MedicationRequest": _request,
    "Procedure": _procedure,
    "Condition": _condition,
    "Device": _device,
}
"""The types that have a place; files and bundle entries of other types are passed over."""
