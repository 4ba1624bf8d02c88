"""ADT: who lies where since when, who has left, and what of that is taken back."""

from typing import NamedTuple

from jobs.ingest.hl7v2.message import Message
from jobs.ingest.hl7v2.people import Subject, demographics, patient_of, subject
from warehouse import vocabulary

DIED = "20"
"""PV1-36 of who died in hospital (HL7 table 0112)."""

CANCELLED = "cancelled"

MERGE = "ADT^A40"


class Event(NamedTuple):
    """What an ADT event says of a stay and of a place in it."""

    moves: str = ""
    """`admission`, `transfer` or `discharge`: the place that it begins or takes back."""
    has_stay: bool = True
    stay: str = ""
    """The status of the stay: `cancelled`, or as it is."""
    place: str = ""
    """The status of the place."""
    links: str = ""
    """Whether two numbers are one person: `true`, `false`, or nothing of it."""


EVENTS = {
    "ADT^A01": Event("admission"),
    "ADT^A04": Event("admission"),
    "ADT^A02": Event("transfer"),
    "ADT^A03": Event("discharge"),
    "ADT^A08": Event(),
    "ADT^A11": Event("admission", stay=CANCELLED, place=CANCELLED),
    "ADT^A12": Event("transfer", place=CANCELLED),
    "ADT^A13": Event("discharge", place=CANCELLED),
    "ADT^A28": Event(has_stay=False),
    "ADT^A31": Event(has_stay=False),
    "ADT^A24": Event(links="true"),
    "ADT^A37": Event(links="false"),
    MERGE: Event(links="true"),
}
"""HL7 v2 chapter 3. Of other events nobody is told: their messages are set aside."""


def rows(message: Message, assigner: str) -> dict[str, list[tuple]]:
    """Patient, stay and place of an ADT message; its kind is one of `EVENTS`."""
    event = EVENTS[message.kind]
    if event.links:
        return _links(message, event, assigner)
    who = subject(message, assigner)
    found = {"patient": [demographics(message, who.patient, message.arrived)]}
    visit = message.first("PV1")
    if event.has_stay and visit[0]:
        found["encounter"] = _stays(message, event, who, visit)
        found["location"] = _places(message, event, who, visit)
    return found


def _links(message: Message, event: Event, assigner: str) -> dict[str, list[tuple]]:
    """Who is one person: MRG-1 goes into the PID before it (A40); or of two PIDs (A24, A37) the
    first into the second. A message that names no two is a row to refuse.
    """
    own, kept, links = message.encoding, "", []
    for fields in message.segments():
        if fields[0] == "MRG":
            links.append((patient_of(own, fields[1], assigner), kept))
        elif fields[0] == "PID" and kept and message.kind != MERGE:
            links.append((kept, patient_of(own, fields[3], assigner)))
        elif fields[0] == "PID":
            kept = patient_of(own, fields[3], assigner)
    said = (event.links, message.kind, message.arrived)
    person = demographics(message, subject(message, assigner).patient, message.arrived)
    return {"patient": [person], "link": [(*two, *said) for two in links or [("", kept)]]}


def _happened(message: Message) -> str:
    """When the event was: EVN-6; else, but for a cancellation, when it was recorded: EVN-2."""
    event = message.first("EVN")
    return message.time(event[6] or event[2])


def _stays(message: Message, event: Event, who: Subject, visit: list[str]) -> list[tuple]:
    """The stay as it is known now. An A02 or A08 that does not say when it began tells nothing."""
    start, end = message.time(visit[44]), message.time(visit[45])
    is_discharge = event.moves == "discharge"
    if event.moves == "admission":
        start = start or _happened(message)
    if is_discharge:
        end = "" if event.place == CANCELLED else end or _happened(message)
    if not start and not is_discharge:
        return []
    own = message.encoding
    death = end if own.first(visit[36]) == DIED else ""
    kind = _classes().get(own.first(visit[2]), own.first(visit[2]))
    return [(who.patient, who.encounter, kind, start, end, death, message.arrived, event.stay)]


def _places(message: Message, event: Event, who: Subject, visit: list[str]) -> list[tuple]:
    """The place that begins; the one before ends there, for `location_current` says so.

    A discharge begins a place that is none. Each has an id that its cancellation finds again.
    """
    when = _happened(message)
    if event.moves == "admission":
        when = message.time(visit[44]) or when
    if event.moves == "discharge":
        when = message.time(visit[45]) or when
    if not event.moves or not when:
        return []
    stay = who.encounter or who.patient
    native = f"{stay}|{event.moves}" + f"|{when}" * (event.moves == "transfer")
    ward, bed, kind = who.ward, who.bed, ""
    if event.moves == "discharge":
        ward, bed, kind = "", "", "discharged"
    elif not ward and not bed and not event.place:
        return []
    return [
        (native, who.patient, who.encounter, ward, bed, kind, when, "",
         message.arrived, event.place)
    ]  # fmt: skip


def _classes() -> dict[str, str]:
    """PV1-2 (HL7 table 0004) -> FHIR ActCode."""
    table = vocabulary.table("patient_classes")
    return dict(zip(table["hl7v2"], table["code"], strict=True))
