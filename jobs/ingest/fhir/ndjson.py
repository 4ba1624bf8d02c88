"""NDJSON of one resource type, as a FHIR bulk export writes it, plain or gzip."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from jobs.ingest import unpack
from jobs.ingest.fhir import lines, tables
from jobs.ingest.fhir.resources import Resource, resource
from warehouse.errors import ContractBroken
from warehouse.lake import Connection, DuckDBError

CHUNK = 10_000
"""How many lines are looked at one by one, at a time."""
WILD = set("*?[")
"""In a path, they would mean other files too."""


def read(con: Connection, path: Path, kind: str, code_set: str) -> None:
    """Stage the resources of one type; lines that are none go to `rejects`.

    DuckDB reads the file at full speed; only the lines of which it made nothing are looked at one
    by one. Raises `ContractBroken` where the file is cut short, or holds nothing but blank lines.
    """
    wanted = resource(kind, code_set)
    if _load(con, path, wanted):
        doubtful = _take_out(con, kind)
        others = ((n, line) for n, line in lines.numbered(path) if n in doubtful)
        _add(con, kind, wanted, others if doubtful else [])
    else:
        tables.create(con, wanted)
        _add(con, kind, wanted, lines.numbered(path))
    _check_is_something(con)
    tables.finish(con, wanted)


def _load(con: Connection, path: Path, wanted: Resource) -> bool:
    """Read the whole file at once, while another thread counts its lines; False where it cannot
    be so read.

    Raises `ContractBroken` where it is cut short, a bomb, or has a line that is too long.
    """
    with ThreadPoolExecutor(1) as pool:
        counting = pool.submit(lines.count, path)
        if path.suffix in unpack.COMPRESSED:
            counting.result()  # before the engine unpacks a bomb
        is_loaded = _is_loaded(con, path, wanted)
        number_of_lines = counting.result()
    return is_loaded and _number(con, path, number_of_lines)


def _is_loaded(con: Connection, path: Path, wanted: Resource) -> bool:
    if WILD & set(str(path)):
        return False
    try:
        tables.load(con, str(path), wanted)
    except DuckDBError:  # a line of more than 16 MB, say
        return False
    return True


def _number(con: Connection, path: Path, number_of_lines: int) -> bool:
    """Number the rows, which stand in the file's order; False where rows and lines differ."""
    (rows,) = con.execute("SELECT count(*) FROM resource").fetchone()
    if rows == number_of_lines:
        con.execute("UPDATE resource SET line = rowid + 1")
        return True
    numbers = [number for number, _ in lines.numbered(path)]
    con.register("numbers", pa.table({"place": range(len(numbers)), "number": numbers}))
    con.execute(
        "UPDATE resource SET line = n.number FROM numbers AS n WHERE n.place = resource.rowid"
    )
    return rows == len(numbers)


def _take_out(con: Connection, kind: str) -> set[int]:
    """Remove the rows that are no such resource; returns their lines."""
    is_other = '"resourceType" IS DISTINCT FROM ?'
    found = con.execute(f"SELECT line FROM resource WHERE {is_other}", [kind]).fetchall()
    if found:
        con.execute(f"DELETE FROM resource WHERE {is_other}", [kind])
    return {line for (line,) in found}


def _add(con: Connection, kind: str, wanted: Resource, numbered: Iterable[tuple[int, bytes]]):
    """Read lines one by one: into `resource`, or into `rejects`."""
    for chunk in _chunks(numbered):
        texts, broken = [], []
        for number, line in chunk:
            try:
                texts.append((number, line.decode()))
            except UnicodeDecodeError:
                broken.append((number, line.decode(errors="replace")))
        con.register("broken", tables.texts(broken))
        con.execute("INSERT INTO rejects SELECT line, 0, text FROM broken")
        con.register("texts", tables.texts(texts))
        tables.add(con, kind, wanted)


def _chunks(numbered: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """Not too many at a time, nor too long ones together."""
    chunk, size = [], 0
    for number, line in numbered:
        chunk.append((number, line))
        size += len(line)
        if len(chunk) == CHUNK or size > lines.LONGEST:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _check_is_something(con: Connection) -> None:
    """An export of no resources is a fault of the export, not a quiet day."""
    found = con.execute("SELECT EXISTS (FROM resource) OR EXISTS (FROM rejects)").fetchone()
    if not found[0]:
        raise ContractBroken("the file holds no resource: ask for it again")
