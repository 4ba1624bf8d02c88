"""Landed text files as plain bytes: decompressed, members joined, and surveyed on the way.

What is unpacked lies in a file without a name, gone with the process whatever happens to it.
"""

import gzip
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from warehouse.errors import ContractBroken

MAX_LINE = 2_000_000
"""Bytes; also DuckDB's limit. No row of any export is longer."""
MAX_RATIO = 100
"""Unpacked bytes for each packed one, once FREE_BYTES are unpacked: more is a bomb."""
FREE_BYTES = 1 << 28
MAX_BYTES = 1 << 38
"""However well it is packed."""

DAMAGED = (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile)
COMPRESSED = (".gz", ".tgz")
CHUNK = 1 << 20


@dataclass
class Text:
    """A readable path, how many lines it has, and whether a NUL is among them."""

    path: Path
    lines: int = 0
    has_nul: bool = False


@contextmanager
def plain(path: Path) -> Iterator[Text]:
    """The file as plain text; `ContractBroken` where it is cut short, damaged or a bomb."""
    with tempfile.TemporaryFile() as copy:
        with readable():
            if path.suffix not in COMPRESSED:
                text = _surveyed(Text(path), chunks(path))
            else:
                text = _surveyed(Text(path_of(copy)), chunks(path), copy)
        yield text


def path_of(file: BinaryIO) -> Path:
    """A path by which the engine can open a file that has no name."""
    return Path(f"/dev/fd/{file.fileno()}")


def chunks(path: Path) -> Iterator[bytes]:
    """The file's bytes, decompressed where its name says that they are compressed."""
    count = allowance(path)
    with opened(path) as stream:
        while chunk := stream.read(CHUNK):
            count(chunk)
            yield chunk


def allowance(path: Path) -> Callable[[bytes], None]:
    """Counts what has been unpacked; raises `ContractBroken` when it is too much for its size."""
    left = min(MAX_BYTES, max(FREE_BYTES, MAX_RATIO * path.stat().st_size))

    def count(unpacked: bytes) -> None:
        nonlocal left
        left -= len(unpacked)
        if left < 0:
            raise ContractBroken(
                f"unpacks to more than {MAX_RATIO} times its size: ask for it less packed"
            )

    return count


def lines(path: Path) -> Iterator[bytes]:
    """The lines that hold anything, decompressed, one by one."""
    with readable(), opened(path) as stream:
        yield from lines_of(stream)


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The lines that hold anything; `ContractBroken` where one is too long for a row."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise ContractBroken(f"line {number} has over {MAX_LINE} bytes: ask for it again")
        if line.strip():
            yield line


@contextmanager
def readable() -> Iterator[None]:
    """What goes wrong inside is told as a file that is cut short or damaged."""
    try:
        yield
    except DAMAGED:
        raise ContractBroken("cannot be read to its end: ask for it again") from None


def opened(path: Path) -> BinaryIO:
    """The file, decompressed where its name says that it is compressed; nothing is counted."""
    return (gzip.open if path.suffix in COMPRESSED else open)(path, "rb")


def _surveyed(text: Text, parts: Iterator[bytes], copy: BinaryIO | None = None) -> Text:
    last = b"\n"
    for part in parts:
        text.lines += part.count(b"\n")
        text.has_nul |= b"\0" in part
        last = part
        if copy:
            copy.write(part)
    if copy:
        copy.flush()
    text.lines += not last.endswith(b"\n")
    return text
