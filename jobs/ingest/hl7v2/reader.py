"""A file of messages, staged: each message by what its type says, what is none set aside."""

from collections import defaultdict
from pathlib import Path

import numpy as np

from jobs.ingest.hl7v2 import orders, stays
from jobs.ingest.hl7v2.block import Block, cut
from jobs.ingest.hl7v2.message import Message
from jobs.ingest.hl7v2.messages import pieces
from jobs.ingest.hl7v2.people import demographics, subject
from jobs.ingest.hl7v2.results import stage_results
from jobs.ingest.hl7v2.rows import set_aside, stage_rows
from warehouse.lake import Connection
from warehouse.vocabulary import File

MOST = 32_767
"""Values that one message may have: `part` is a SMALLINT."""

RESULTS = "ORU^R01"
ORDERS = "RDE^O11"

KINDS = frozenset([RESULTS, ORDERS, *stays.EVENTS])
"""The messages that are read, by MSH-9; all others are set aside."""

Rows = dict[str, list[tuple]]
"""Table -> rows as in `rows.COLUMNS`."""


def read(con: Connection, path: Path, file: File) -> None:
    """Stage the file's messages; what is no message, or of a type not read, goes to `rejects`.

    Raises `ContractBroken` where it cannot be read to its end or holds no message at all.
    """
    line, told = 1, set()
    for piece in pieces(path):
        found, unread = cut(piece, line)
        for block in found:
            _read_block(con, block, file.assigner, told, unread)
        if unread:
            set_aside(con, unread)
        line += piece.count(b"\n")


def _read_block(
    con: Connection, block: Block, assigner: str, told: set[bytes], unread: list[tuple[int, str]]
) -> None:
    """Stage one block. `told`: the PID of results read before; `unread` gets line and text."""
    gathered: Rows = defaultdict(list)
    is_read = np.ones(len(block.headers), dtype=bool)
    for number, kind in enumerate(_kinds(block)):
        found = _rows(block, number, kind, assigner, told)
        if found is None:
            is_read[number] = False
            line = int(block.line[block.headers[number]])
            unread.append((line, "\n".join(block.lines(number))))
        for into, rows in (found or {}).items():
            line = int(block.line[block.headers[number]])
            gathered[into] += [(line, part, *row) for part, row in enumerate(rows)]
    for into, rows in gathered.items():
        stage_rows(con, into, rows)
    stage_results(con, block, is_read, assigner)


def _kinds(block: Block) -> list[str]:
    """MSH-9.1 and 9.2 of each message; "" of those with more values than can be numbered."""
    component = block.encoding.component
    counts = np.bincount(block.message(block.numbers("OBX")), minlength=len(block.headers))
    kinds = block.field(block.headers, 8).to_pylist()
    return [
        "^".join(kind.split(component)[:2]) if count <= MOST else ""
        for kind, count in zip(kinds, counts.tolist(), strict=True)
    ]


def _rows(block: Block, number: int, kind: str, assigner: str, told: set[bytes]) -> Rows | None:
    """The rows of one message but for its OBX; None where messages of this kind are not read."""
    if kind not in KINDS:
        return None
    pid = block.segment(block.pid[number])
    if kind == RESULTS and pid in told:
        return {}
    line = int(block.line[block.headers[number]])
    message = Message(block.encoding, line, kind, block.lines(number))
    if kind in stays.EVENTS:
        return stays.rows(message, assigner)
    person = _person(message, assigner) if pid not in told else {}
    told.add(pid)
    return person | (orders.rows(message, assigner) if kind == ORDERS else {})


def _person(message: Message, assigner: str) -> Rows:
    """The patient where sex and birth are told.

    Results and orders repeat the demographics with every message, so that these are told without
    a time of arrival: what is known already is a duplicate.
    """
    person = demographics(message, subject(message, assigner).patient, "")
    return {"patient": [person]} if person[0] and person[2] and person[3] else {}
