"""OBX segments of whatever message: each value of each OBX is a row, with its order and time.

Results are what most messages are about, so they are read a block at a time, column by column;
Python sees each different code, unit, time and coded value once.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.ingest.hl7v2.block import Block
from jobs.ingest.hl7v2.encoding import EMPTY, Encoding, iso_time, offset
from jobs.ingest.hl7v2.people import patient_of, place
from jobs.ingest.staging import COLUMNS, stage
from warehouse import vocabulary
from warehouse.lake import Connection, sql

TEXTS = ("TX", "FT")
"""Repetitions are lines of one text."""

DOCUMENTS = ("ED",)
"""Embedded documents: they stay in the archived file."""

CODED = ("CE", "CWE", "CNE", "CF", "SN")


def stage_results(con: Connection, block: Block, is_read: np.ndarray, assigner: str) -> None:
    """Stage the observations of the messages of the block that are read."""
    segments = block.numbers("OBX")
    segments = segments[is_read[block.message(segments)]]
    if len(segments):
        found = _observations(block, segments, _messages(block, assigner))
        con.register("hl7_observation", found)
        con.register("hl7_value", _odd_values(block.encoding, found))
        con.register("hl7v2_statuses", vocabulary.table("hl7v2_statuses"))
        stage(con, "observation", sql("hl7v2_results"), {c: c for c in COLUMNS["observation"]})


def _messages(block: Block, assigner: str) -> pa.Table:
    """One row per message: what its observations share, and how many OBX there are."""
    own, pid, visit = block.encoding, block.first("PID"), block.first("PV1")
    number = block.field(visit, 19)
    number = pc.if_else(pc.equal(number, ""), block.field(pid, 18), number)
    counts = np.bincount(block.message(block.numbers("OBX")), minlength=len(block.headers))
    return pa.table(
        {
            "results": counts,
            "line": block.line[block.headers],
            "patient": _each(block.field(pid, 3), lambda text: patient_of(own, text, assigner)),
            "encounter": _each(number, lambda text: own.identifier(text, assigner)),
            "bed": _each(
                block.field(visit, 3), lambda text: " / ".join(filter(None, place(own, text)))
            ),
            "arrived": _each(_sent(block), lambda text: iso_time(text, "")),
        }
    )


def _observations(block: Block, segments: np.ndarray, messages: pa.Table) -> pa.Table:
    """One row per OBX: what its message and its fields mean, and what names it.

    The name is equal for the versions of one value, and only for them: order, code and OBX-4.
    Monitors reuse one order number for as long as they run: theirs (MDC codes) hold the time.
    """
    own, message, order = block.encoding, block.message(segments), block.last("OBR", segments)
    kind, value = block.field(segments, 2), block.field(segments, 5)
    code = _each(block.field(segments, 3), own.code)
    time = _times(block, segments, order, message)
    is_monitored = pc.or_(pc.starts_with(code, "MDC_"), pc.ends_with(code, "^MDC"))
    moment = pc.if_else(is_monitored, time, "")
    sub_id = block.field(segments, 4)
    is_odd = pc.is_in(kind, pa.array([*CODED, *TEXTS, *DOCUMENTS]))
    for mark in filter(None, (own.escape, own.repetition)):
        is_odd = pc.or_(is_odd, pc.match_substring(value, mark))
    shared = messages.take(pa.array(message))
    return pa.table(
        dict(zip(shared.column_names, shared.columns, strict=True))
        | {
            "number": segments,
            "message": message,
            "place": np.arange(len(segments)) - np.searchsorted(message, message),
            "name": pc.binary_join_element_wise(_orders(block, order), sub_id, moment, "|"),
            "code": code,
            "type": kind,
            "value": value,
            "is_odd": is_odd,
            "unit": _each(block.field(segments, 6), own.unit),
            "status": block.field(segments, 11),
            "time": time,
            "device": _each(block.field(segments, 18), own.identifier),
        }
    )


def _orders(block: Block, orders: np.ndarray) -> pa.Array:
    """What names each of these OBR for good; NULL where it, and the ORC before it, has no number.

    Who sent it, the filler's number (else the placer's), and what was asked.
    """
    own, (different, again) = block.encoding, np.unique(orders, return_inverse=True)
    common = block.last("ORC", np.maximum(different, 0))
    fillers = [_number(own, block.field(number, 3), "F") for number in (different, common)]
    placers = [_number(own, block.field(number, 2), "P") for number in (different, common)]
    sender = block.field(block.headers[block.message(different)], 2)
    asked = _each(block.field(different, 4), own.first)
    names = pc.binary_join_element_wise(
        "OBX", sender, pc.coalesce(*fillers, *placers), asked, "|", null_handling="emit_null"
    )
    return names.take(pa.array(again, mask=(orders < 0)))


def _number(own: Encoding, texts: pa.StringArray, who: str) -> pa.Array:
    """An EI as it stands, by who gave it; NULL where it holds no number."""
    is_none = pc.or_(pc.equal(texts, ""), pc.starts_with(texts, own.component))
    is_none = pc.or_(is_none, pc.equal(texts, EMPTY))
    return pc.if_else(is_none, None, pc.binary_join_element_wise(who, texts, ""))


def _times(block: Block, segments: np.ndarray, orders: np.ndarray, message: np.ndarray) -> pa.Array:
    """OBX-14, else OBR-7, with the offset of MSH-7 if it has none of its own."""
    stated = block.field(segments, 14)
    stated = pc.if_else(pc.equal(stated, ""), block.field(orders, 7), stated)
    zone = _each(_sent(block), offset).take(pa.array(message))
    both = pc.binary_join_element_wise(stated, zone, "\n")
    component = block.encoding.component

    def meaning(text: str) -> str:
        time, zone = text.split("\n")
        return iso_time(time.split(component, 1)[0], zone)

    return _each(both, meaning)


def _sent(block: Block) -> pa.Array:
    """MSH-7 of each message, as it stands."""
    component = block.encoding.component
    return _each(block.field(block.headers, 6), lambda text: text.split(component, 1)[0])


def _each(texts: pa.StringArray, meaning: Callable[[str], str]) -> pa.Array:
    """What each text means, asked once for each different one; "" means nothing."""
    encoded = texts.dictionary_encode()
    meant = [meaning(text) if text else "" for text in encoded.dictionary.to_pylist()]
    return pa.array(meant, pa.string()).take(encoded.indices)


def _odd_values(own: Encoding, observations: pa.Table) -> pa.Table:
    """What each different value means that is not plain: one or more texts."""
    odd = observations.filter(observations["is_odd"]).select(["type", "value"])
    odd = odd.group_by(["type", "value"]).aggregate([])
    meanings = [values(own, row["type"], row["value"]) for row in odd.to_pylist()]
    return odd.append_column("meanings", pa.array(meanings, pa.list_(pa.string())))


def values(own: Encoding, kind: str, text: str) -> list[str]:
    """The values of OBX-5 by its type OBX-2, one or more."""
    if kind in DOCUMENTS:
        return [""]
    parts = text.split(own.repetition)
    if kind in TEXTS:
        return ["\n".join(own.plain(part) for part in parts)]
    if kind == "SN":
        return [_structured(own.components(part)) for part in parts]
    if kind in CODED:
        return [_coded(own.components(part)) for part in parts]
    return [own.plain(part) for part in parts]


def _coded(part: list[str]) -> str:
    """The code, else the words, else the other code or words, else the original text (CWE-9)."""
    part = [*part, *[""] * 9]
    return part[0] or part[1] or part[3] or part[4] or part[8]


def _structured(part: list[str]) -> str:
    """SN: a comparator, a number, a separator, a number. "<5" is not 5."""
    return "".join(part[:4]).removeprefix("=")
