"""A file's bytes into pieces of whole messages: line ends, batch wrappers and MLLP frames off."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from jobs.ingest.unpack import allowance, opened, readable
from warehouse.errors import ContractBroken

PIECE = 1 << 24
"""Bytes read at once; a message is never cut."""

LONGEST = 1 << 26
"""Bytes that one message may have, those of an embedded document among them."""

START = re.compile(rb"\nMSH(?=[!-/:-@\[-^`{-~])")
"""A message begins where a line begins with MSH and a field separator, and nowhere else."""

WRAPPER = re.compile(rb"\n(?:FHS|BHS|BTS|FTS)[^\w\s][^\n]*")
"""Headers and trailers of a file and of a batch of messages (HL7 v2 chapter 2.10.3)."""

TORN = re.compile(rb"(?<![\r\n\x0b])\x0b")
"""A frame that begins within a line: the sender broke off the one before, and nothing ended it."""

BYTE_ORDER_MARK, VT, FS = b"\xef\xbb\xbf", b"\x0b", b"\x1c"


def pieces(path: Path) -> Iterator[bytes]:
    """The file in pieces that each begin with a message, but for what stands before the first.

    UTF-8; every line begins with a line feed, whatever ended it in the file; wrappers are blank,
    so that lines can be counted. Raises `ContractBroken` where the file cannot be read to its end,
    is a bomb, or holds no message.
    """
    rest, has_begun, allow = b"\n", False, allowance(path)
    with readable(), opened(path) as file:
        while read := file.read(PIECE):
            allow(read)
            lines, carried = _lines(rest + read.removeprefix(BYTE_ORDER_MARK))
            cut = max(starts(lines), default=0)
            has_begun |= START.search(lines) is not None
            yield _utf8(lines[:cut])
            rest = lines[cut:] + carried
            if len(rest) > LONGEST:
                raise ContractBroken(f"a message of more than {LONGEST >> 20} MiB: look at it")
    if not has_begun:
        raise ContractBroken("the file holds no HL7 v2 message: ask for it again")
    yield _utf8(_lines(rest + b"\n")[0])


def starts(lines: bytes) -> list[int]:
    """Where messages begin: at the line feed before each MSH."""
    return [found.start() for found in START.finditer(lines)]


def _lines(raw: bytes) -> tuple[bytes, bytes]:
    """With line feeds between lines and wrappers blank; the end that is not clear is carried on."""
    end = len(raw.rstrip(FS + b"\r")) if raw[-1:] in (FS, b"\r") else len(raw)
    raw, carried = raw[:end], raw[end:]
    if VT in raw or FS in raw:
        raw = raw.replace(FS + b"\r\n", b"\r").replace(FS + b"\r", b"\r")
        raw = TORN.sub(b"\r", raw.replace(FS, b"\r")).replace(VT, b"")
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return WRAPPER.sub(b"\n", raw), carried


def _utf8(raw: bytes) -> bytes:
    """A message that is not UTF-8 is Latin-1: the two that senders use without a word (MSH-18)."""
    if _is_utf8(raw):
        return raw
    edges = [0, *starts(raw), len(raw)]
    found = (raw[start:stop] for start, stop in itertools.pairwise(edges))
    return b"".join(
        message if _is_utf8(message) else message.decode("latin-1").encode() for message in found
    )


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
