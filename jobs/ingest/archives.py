"""A tar or zip of many small files is one batch: its members, joined into one text.

Nothing is ever written under a member's name, and nothing but plain members is read.
"""

import codecs
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from jobs.ingest import unpack
from jobs.ingest.unpack import Text
from warehouse.errors import ContractBroken
from warehouse.source import File

MAX_MEMBERS = 100_000


@contextmanager
def joined(path: Path, file: File) -> Iterator[Text]:
    """The members as one text: a header, then their rows, in order of their names.

    What a member's name carries stands before each of its rows, as columns of their own.
    Raises `ContractBroken` for an archive that is damaged, unsafe, or of unequal members.
    """
    with tempfile.TemporaryFile() as whole:
        with unpack.readable(), members(path, file) as found:
            text = _join(found, file, whole, unpack.allowance(path))
        yield text


def first_line(path: Path, file: File) -> bytes:
    """The header of the members."""
    with unpack.readable(), members(path, file) as found:
        _, stream = next(found)
        return next(unpack.lines_of(stream), b"")


@contextmanager
def members(path: Path, file: File) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """Name and stream of every member that the source's YAML means, in order of their names."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = [_plain_in_zip(member) for member in archive.infolist() if not member.is_dir()]
            yield _each(names, file, archive.open)
    else:
        with tempfile.TemporaryFile() as whole:
            whole.writelines(unpack.chunks(path))
            whole.seek(0)
            with tarfile.open(fileobj=whole, mode="r:") as archive:
                names = [_plain_in_tar(member) for member in archive if not member.isdir()]
                yield _each(names, file, archive.extractfile)


def _plain_in_zip(member: zipfile.ZipInfo) -> str:
    kind = member.external_attr >> 16 & 0o170000
    return _safe(member.filename, is_plain=kind in (0, 0o100000) and not member.flag_bits & 1)


def _plain_in_tar(member: tarfile.TarInfo) -> str:
    return _safe(member.name, is_plain=member.isreg())


def _safe(name: str, is_plain: bool) -> str:
    """The name, where it names a plain file below the archive."""
    is_outside = ".." in PurePosixPath(name).parts or name.startswith("/")
    if is_outside or not is_plain or "\\" in name or PureWindowsPath(name).drive:
        raise ContractBroken(
            "the archive has a member that is no plain file below it (a link, an absolute name, "
            "an encrypted one): ask for an archive of plain files"
        )
    return name


def _each(names: list[str], file: File, open_member) -> Iterator[tuple[str, BinaryIO]]:
    meant = sorted(name for name in names if fnmatch(name, file.members))
    if not meant:
        raise ContractBroken(f"none of its {len(names)} members is called {file.members}")
    if len(set(meant)) < len(meant) or len(meant) > MAX_MEMBERS:
        raise ContractBroken(f"members of one name, or more than {MAX_MEMBERS} of them")
    for name in meant:
        with open_member(name) as stream:
            yield name, stream


def _join(found: Iterator, file: File, whole: BinaryIO, count: Callable[[bytes], None]) -> Text:
    text = Text(unpack.path_of(whole))
    header = None
    for number, (name, stream) in enumerate(found, start=1):
        lines = unpack.lines_of(stream)
        first = next(lines, b"").rstrip().removeprefix(codecs.BOM_UTF8)
        if header is None:
            header = first
            _add(text, whole, _row(file.carried, header, file))
        if first != header:
            raise ContractBroken(f"member {number} of it has other columns than the first")
        carried = _carried(name, number, file)
        for line in lines:
            count(line)
            _add(text, whole, _row(carried, line.rstrip(b"\r\n"), file))
    whole.flush()
    return text


def _add(text: Text, whole: BinaryIO, row: bytes) -> None:
    text.lines += 1
    text.has_nul |= b"\0" in row
    whole.write(row)


def _carried(name: str, number: int, file: File) -> list[str]:
    match = re.search(file.name_carries, PurePosixPath(name).name)
    if match is None:
        raise ContractBroken(f"the name of member {number} is not like {file.name_carries}")
    return [match[group] for group in re.compile(file.name_carries).groupindex]


def _row(carried: list[str], line: bytes, file: File) -> bytes:
    cells = ['"' + text.replace('"', '""') + '"' for text in carried]
    return b"".join(f"{cell}{file.separator}".encode() for cell in cells) + line + b"\n"
