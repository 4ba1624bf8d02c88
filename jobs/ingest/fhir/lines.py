"""The lines of an NDJSON file, plain or gzip, numbered from 1 as an editor shows them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jobs.ingest import unpack
from warehouse.errors import ContractBroken

NEWLINE = ord("\n")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

LONGEST = 1 << 26
"""Bytes that one resource may have, those of a photograph or document among them."""

MOST = 1 << 28
"""Bytes of a file that can be read only as a whole."""


def count(path: Path) -> int:
    """How many lines the file has; to be asked first, for it refuses what the others would not
    survive.

    Raises `ContractBroken` where the file cannot be read to its end, is a bomb, or holds a line
    that is too long. NumPy counts ten times faster than `bytes.count`.
    """
    found, unended = 0, 0
    with unpack.readable():
        for chunk in unpack.chunks(path):
            breaks = np.count_nonzero(np.frombuffer(chunk, np.uint8) == NEWLINE)
            unended = len(chunk) - 1 - chunk.rfind(b"\n") if breaks else unended + len(chunk)
            found += breaks
            if unended > LONGEST:
                raise ContractBroken(
                    f"line {found + 1} has over {LONGEST >> 20} MiB: ask for it again"
                )
    return int(found) + (unended > 0)


def numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    """Every line that is not blank, with its number."""
    with unpack.readable(), unpack.opened(path) as file:
        for number, line in enumerate(file, start=1):
            text = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
            if text.strip():
                yield number, text


def head(path: Path) -> bytes:
    """The first bytes of the file."""
    with unpack.readable():
        return next(unpack.chunks(path), b"")


def whole(path: Path) -> bytes:
    """All bytes of the file; `ContractBroken` where it cannot be read to its end, or is too big."""
    with unpack.readable(), unpack.opened(path) as file:
        found = file.read(MOST + 1)
    if len(found) > MOST:
        raise ContractBroken(f"one JSON text of more than {MOST >> 20} MiB: ask for NDJSON")
    return found.removeprefix(BYTE_ORDER_MARK)
