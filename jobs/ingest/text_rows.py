"""Lines of text into the table `file_rows`: every cell as text, and `row_line`. A row is a line.

The engine reads a clean file fast. Where it fails, or a stray quote has swallowed lines, the file
is read line by line, and what is no row is set aside with its text.
"""

import csv
from collections.abc import Callable
from itertools import islice

import orjson
import pyarrow

from jobs.ingest import unpack
from jobs.ingest.unpack import Text
from warehouse.lake import Connection, DuckDBError, quote
from warehouse.source import File

LINES_AT_ONCE = 50_000


def load_csv(con: Connection, text: Text, found: list[str], wanted: list[str], file: File) -> None:
    """The wanted ones of the columns found, of every line but the header."""
    missing = ", ".join(map(quote, ("", *file.missing)))
    options = f"delim = {quote(file.separator)}, quote = '\"', escape = '\"', nullstr = [{missing}]"
    if _loaded_at_once(con, text, found, wanted, f"header = true, {options}", text.lines - 1):
        con.execute("CREATE VIEW file_rows AS SELECT *, rowid + 1 AS row_line FROM cells")
        return

    def cells(line: str) -> list[str] | None:
        row = next(csv.reader([line], delimiter=file.separator, strict=True))
        return row if len(row) == len(found) else None

    _load_by_line(con, text, found, cells, has_header=True)
    columns = ", ".join(f"{without(name, file.missing)} AS {named(name)}" for name in wanted)
    con.execute(f"CREATE VIEW file_rows AS SELECT {columns}, row_line FROM cells")


def load_json(con: Connection, text: Text, wanted: list[str], file: File) -> None:
    """The wanted keys of every line that is a JSON object; nested values as JSON text."""
    options = "header = false, delim = '\x1f', quote = '', escape = '', nullstr = ''"
    if _loaded_at_once(con, text, ["text"], ["text"], options, text.lines):
        con.execute(
            "CREATE VIEW lines AS SELECT text, row_number() OVER () AS row_line "
            "FROM cells WHERE trim(text) <> ''"
        )
    else:
        _load_by_line(con, text, ["text"], lambda line: [line], has_header=False)
        con.execute("CREATE VIEW lines AS FROM cells")
    is_object = "json_valid(text) AND json_type(text) = 'OBJECT'"
    con.execute(
        "INSERT INTO rejects SELECT row_line, 0, text FROM lines "
        f"WHERE NOT coalesce(CASE WHEN {is_object} THEN true END, false)"
    )
    shape = "{" + ", ".join(f'{orjson.dumps(name).decode()}: "VARCHAR"' for name in wanted) + "}"
    columns = ", ".join(f"{without(name, file.missing)} AS {named(name)}" for name in wanted)
    con.execute(
        f"CREATE VIEW file_rows AS SELECT {columns}, row_line FROM ("
        f"SELECT unnest(from_json(text, {quote(shape)})), row_line FROM lines WHERE {is_object})"
    )


def without(column: str, missing: list[str]) -> str:
    """A column as text, NULL where it says one of the words that mean no value."""
    text = f"CAST({named(column)} AS VARCHAR)"
    words = ", ".join(map(quote, ("", *missing)))
    return f"CASE WHEN {text} NOT IN ({words}) THEN {text} END"


def named(column: str) -> str:
    """A column's name as SQL."""
    return '"' + column.replace('"', '""') + '"'


def _loaded_at_once(
    con: Connection, text: Text, found: list[str], wanted: list[str], options: str, rows: int
) -> bool:
    """Fill `cells` by the engine; false where its rows are not the text's lines."""
    columns = ", ".join(f"{quote(column)}: 'VARCHAR'" for column in found)
    kept = ", ".join(map(named, wanted)) or "NULL AS nothing"
    try:
        con.execute(
            f"CREATE OR REPLACE TABLE cells AS SELECT {kept} FROM read_csv("
            f"{quote(str(text.path))}, columns = {{{columns}}}, auto_detect = false, {options}, "
            f"max_line_size = {unpack.MAX_LINE}, buffer_size = {2 * unpack.MAX_LINE}, "
            "compression = 'none')"
        )
    except DuckDBError:
        return False
    return not text.has_nul and con.execute("SELECT count(*) FROM cells").fetchone() == (rows,)


def _load_by_line(
    con: Connection, text: Text, found: list[str], cells: Callable, has_header: bool
) -> None:
    columns = ", ".join(f"{named(column)} VARCHAR" for column in found)
    con.execute(f"CREATE OR REPLACE TABLE cells ({columns}, row_line BIGINT)")
    lines = enumerate(unpack.lines(text.path), start=1 - has_header)
    for _ in range(has_header):
        next(lines)
    while some := list(islice(lines, LINES_AT_ONCE)):
        rows = [(number, _cells(line, cells), line) for number, line in some]
        _add(con, "cells", [[*row, number] for number, row, _ in rows if row])
        _add(con, "rejects", [[number, 0, _shown(line)] for number, row, line in rows if not row])


def _add(con: Connection, table: str, rows: list[list]) -> None:
    if rows:
        columns = [pyarrow.array(column) for column in zip(*rows, strict=True)]
        con.register("some_rows", pyarrow.table(columns, list(map(str, range(len(columns))))))
        con.execute(f"INSERT INTO {table} SELECT * FROM some_rows")
        con.unregister("some_rows")


def _cells(line: bytes, cells: Callable[[str], list[str] | None]) -> list[str] | None:
    """The cells of one line, or None where it is no row."""
    if b"\0" in line:
        return None
    try:
        return cells(line.decode().rstrip("\r\n"))
    except (UnicodeDecodeError, csv.Error):
        return None


def _shown(line: bytes) -> str:
    return line.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
