"""RDE^O11: a drug that pharmacy has encoded. It is an order: nothing says that it was given."""

from jobs.ingest.hl7v2.message import NO_FIELDS, Message
from jobs.ingest.hl7v2.people import Subject, subject

CANCELLED = ("CA", "OC", "CR", "DC", "OD", "DR")
"""ORC-1 (HL7 table 0119): cancelled or discontinued, as asked for, done, or told."""


def rows(message: Message, assigner: str) -> dict[str, list[tuple]]:
    """A treatment for each RXE, by the ORC before it and the TQ1 after it."""
    who, order, drug, found = subject(message, assigner), NO_FIELDS, None, []
    for fields in [*message.segments(), ["ORC"]]:
        if fields[0] in ("ORC", "RXE") and drug:
            found.append(_treatment(message, who, order, drug, NO_FIELDS))
            drug = None
        if fields[0] == "ORC":
            order = fields
        elif fields[0] == "RXE":
            drug = fields
        elif fields[0] == "TQ1" and drug:
            found.append(_treatment(message, who, order, drug, fields))
            drug = None
    return {"treatment": found}


def _treatment(
    message: Message, who: Subject, order: list[str], drug: list[str], timing: list[str]
) -> tuple:
    """Dose: the rate (RXE-23, -24) if one is stated, else the amount (RXE-3, -5)."""
    own = message.encoding
    number = own.identifier(order[2] or order[3])
    amount, unit = (drug[23], drug[24]) if drug[23] else (drug[3], drug[5])
    old = drug[1].split(own.component) + [""] * 5  # TQ, before TQ1 was there (v2.5)
    return (
        f"RXE|{message.sender}|{number}|{own.code(drug[2])}" if number else "",
        who.patient,
        who.encounter,
        own.code(drug[2]),
        message.time(timing[7] or old[3] or order[15] or order[9]),
        message.time(timing[8] or old[4]),
        message.arrived,
        own.first(amount),
        own.unit(unit) if unit else "",
        "cancelled" if own.first(order[1]) in CANCELLED else "",
        "true",
    )
