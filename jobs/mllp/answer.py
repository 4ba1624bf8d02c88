"""What to say to a message: accept, error or reject (HL7 v2 chapter 2.9, tables 0008 and 0357)."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from jobs.ingest.hl7v2.block import DECLARED
from jobs.ingest.hl7v2.reader import KINDS


class Verdict(NamedTuple):
    """`code`: AA stored, AE not stored, try again, AR never to be sent again like this.

    `error`: number and words of table 0357; never anything of the message.
    """

    code: str
    error: tuple[str, str] = ("", "")


STORED = Verdict("AA")
NOT_STORED = Verdict("AE", ("207", "Application internal error"))
NO_ID = Verdict("AE", ("101", "Required field missing"))
NO_HL7 = Verdict("AR", ("100", "Segment sequence error"))
TOO_LONG = Verdict("AR", ("102", "Data type error"))
OTHER_TYPE = Verdict("AR", ("200", "Unsupported message type"))

NO_HEADER = ["MSH", r"^~\&", *[""] * 8, "P", "2.5.1"]


def judged(message: bytes) -> Verdict:
    """What can be said before it is stored; `STORED` where nothing stands against it."""
    if not _is_hl7(message):
        return NO_HL7
    header = _header(message)
    if "^".join(header[8].split(header[1][0])[:2]) not in KINDS:
        return OTHER_TYPE
    return STORED if header[9] else NO_ID


def answer(message: bytes, verdict: Verdict, at: datetime) -> bytes:
    """The ACK: sender and receiver swapped, MSA-2 the message's id, ERR where it is refused."""
    is_hl7 = _is_hl7(message)
    header = _header(message) if is_hl7 else NO_HEADER
    field, component = (chr(message[3]) if is_hl7 else "|"), header[1][0]
    event = header[8].split(component)[1:2]
    own = [
        "MSH", header[1], *header[4:6], *header[2:4], f"{at:%Y%m%d%H%M%S}+0000", "",
        component.join(["ACK", *event]), hashlib.sha256(message).hexdigest()[:20], *header[10:12],
    ]  # fmt: skip
    segments = [own, ["MSA", verdict.code, header[9]]]
    if verdict.error[0]:
        segments.append(["ERR", "", "", component.join([*verdict.error, "HL70357"]), "E"])
    return "".join(field.join(segment) + "\r" for segment in segments).encode("latin-1")


def _is_hl7(message: bytes) -> bool:
    """Whether it declares its delimiters, no two alike."""
    declared = DECLARED.match(b"\n" + message)
    own = declared[0][4:-1] if declared else b""
    return 0 < len(own) == len(set(own))


def _header(message: bytes) -> list[str]:
    """The first twelve fields of MSH, from "MSH" on; missing ones are ""."""
    line = message.split(b"\r", 1)[0].split(b"\n", 1)[0].decode("latin-1")
    return [*line.split(line[3]), *[""] * 12][:12]
