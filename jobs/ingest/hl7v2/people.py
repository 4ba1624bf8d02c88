"""Who and where: what PID and PV1 say in every kind of message."""

from typing import NamedTuple

from jobs.ingest.hl7v2.encoding import Encoding
from jobs.ingest.hl7v2.message import Message

RECORD_NUMBER = "MR"
"""CX-5 of the number that a hospital knows its patients by (HL7 table 0203)."""


class Subject(NamedTuple):
    """Native ids and places, "" where the message names none."""

    patient: str
    encounter: str
    ward: str
    bed: str


def subject(message: Message, assigner: str) -> Subject:
    """Whom the message is about: PID-3, PV1-19 (else PID-18) and PV1-3."""
    own, pid, visit = message.encoding, message.first("PID"), message.first("PV1")
    encounter = own.identifier(visit[19] or pid[18], assigner)
    return Subject(patient_of(own, pid[3], assigner), encounter, *place(own, visit[3]))


def place(own: Encoding, location: str) -> tuple[str, str]:
    """Ward and bed of a PL; its room and its bed name a bed."""
    ward, room, bed = ([*own.components(location), "", ""])[:3]
    return ward, " ".join(part for part in (room, bed) if part)


def patient_of(own: Encoding, identifiers: str, assigner: str) -> str:
    """Of a list of CX the hospital's own number: by its assigner, else the first of type MR."""
    numbers = [text for text in identifiers.split(own.repetition) if own.first(text)]
    for part, wanted in ((3, assigner), (4, RECORD_NUMBER)):
        for text in numbers:
            if wanted and (own.components(text) + [""] * 5)[part] == wanted:
                return own.identifier(text, assigner)
    return own.identifier(numbers[0], assigner) if numbers else ""


def demographics(message: Message, patient: str, arrived: str) -> tuple:
    """The row of PID: name, sex, birth, death (a death without a time is not a time)."""
    own, pid = message.encoding, message.first("PID")
    family, given, *_ = [*own.components(pid[5]), ""]
    name = " ".join(part for part in (given, family) if part)
    return patient, name, own.first(pid[8]), message.time(pid[7]), message.time(pid[29]), arrived
