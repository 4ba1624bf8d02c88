"""CSV, Parquet and JSON-lines exports, as their source's YAML describes them."""

import csv
import re
from pathlib import Path

import orjson
import pyarrow
import pyarrow.parquet

from jobs.ingest import archives, text_rows, unpack
from jobs.ingest.staging import COLUMNS, stage
from jobs.ingest.text_rows import named, without
from warehouse.errors import ContractBroken
from warehouse.lake import Connection, DuckDBError, quote
from warehouse.source import File, Rows

FORMATS = ("csv", "parquet", "ndjson")
MAX_COLUMNS = 10_000
OF_THE_MACHINE = ("OutOfMemory", "IO")
"""Errors of the engine that are nobody's YAML."""
LINES_OF_KEYS = 1000
"""The columns of JSON lines are the keys of so many of them."""


def read(con: Connection, path: Path, name: str, file: File) -> None:
    """Stage the file's rows; lines that are not rows go to `rejects`.

    Raises `ContractBroken` where a column is missing or the file cannot be read.
    """
    found = header(path, file)
    if missing := missing_columns(found, file):
        raise ContractBroken(
            f"no column {', '.join(map(repr, missing))}; {_told(found, file)}. "
            "Ask the sender for it, or correct the source's YAML"
        )
    _load(con, path, file, found)
    con.execute(f"CREATE OR REPLACE TEMP VIEW named_rows AS {_named(name, file)}")
    parts = 0
    for rows in file.says:
        _stage(con, rows, found, file, parts)
        parts += max(1, len(rows.values))
    con.execute("DROP TABLE IF EXISTS cells")  # its memory is wanted for what comes next


def header(path: Path, file: File) -> list[str]:
    """The names of the file's columns."""
    if path.stat().st_size == 0:
        raise ContractBroken("the file is empty (0 bytes): ask for it again")
    if file.format == "parquet":
        found = _header_of_parquet(path)
    elif file.format == "ndjson":
        found = _keys(path)
    else:
        found = _header_of_csv(path, file)
    if len(found) > MAX_COLUMNS:
        raise ContractBroken(
            f"{len(found)} columns, more than {MAX_COLUMNS}: no export has so many"
        )
    if len(set(found)) < len(found):
        raise ContractBroken("two of its columns have the same name: ask the sender which is which")
    return found


def missing_columns(found: list[str], file: File) -> list[str]:
    """The columns that the YAML names and the file lacks."""
    return [column for column in wanted_columns(file) if column not in found]


def wanted_columns(file: File) -> list[str]:
    """The columns of the file that the YAML needs, those inside its SQL expressions among them."""
    wanted = [column for rows in file.says for column in _wanted(rows)]
    return [column for column in dict.fromkeys(wanted) if column not in file.carried]


def used_columns(found: list[str], file: File) -> list[str]:
    """Those of the file's columns that the YAML reads, needed or optional."""
    wanted = {
        *wanted_columns(file),
        *(name for rows in file.says for name in rows.optional.values()),
    }
    return [column for column in found if column in wanted]


def _wanted(rows: Rows) -> list[str]:
    plain = [column for column in rows.columns.values() if isinstance(column, str)]
    written = [column["sql"] for column in rows.columns.values() if isinstance(column, dict)]
    inside = [column for text in (*written, rows.where) for column in _columns_in(text)]
    return plain + inside + rows.values


def _columns_in(expression: str) -> list[str]:
    """SQL's own words are upper case; columns lower case, or in double quotes."""
    words = re.findall(r"""'[^']*'|"[^"]+"|[A-Za-z_]\w*(?!\w*\()""", expression)
    return [
        word.strip('"') for word in words if word[0] == '"' or (word[0] != "'" and word.islower())
    ]


def _header_of_parquet(path: Path) -> list[str]:
    try:
        return pyarrow.parquet.read_schema(path).names
    except (pyarrow.ArrowException, OSError):
        raise ContractBroken("not a complete Parquet file: ask for it again") from None


def _header_of_csv(path: Path, file: File) -> list[str]:
    first = archives.first_line(path, file) if file.members else next(unpack.lines(path), b"")
    try:
        return next(csv.reader([first.decode("utf-8-sig")], delimiter=file.separator), [])
    except (UnicodeDecodeError, csv.Error):
        raise ContractBroken("its header is not UTF-8 text: ask for it again") from None


def _keys(path: Path) -> list[str]:
    keys: dict[str, None] = {}
    for _, line in zip(range(LINES_OF_KEYS), unpack.lines(path), strict=False):
        try:
            keys |= dict.fromkeys(orjson.loads(line))
        except (orjson.JSONDecodeError, TypeError):
            continue
    if not keys:
        raise ContractBroken("no line of it is a JSON object: ask for it again")
    return list(keys)


def _told(found: list[str], file: File) -> str:
    """The columns found that the YAML knows; the others may be data of a lost header's file."""
    known = [column for column in wanted_columns(file) if column in found]
    others = len(found) - len(known)
    return f"columns found: {', '.join(known) or 'none'}, and {others} not in the YAML"


def _load(con: Connection, path: Path, file: File, found: list[str]) -> None:
    """Fill `file_rows`: the columns in use as text, and `row_line`, the row of the file from 1."""
    if file.format == "parquet":
        _load_parquet(con, path, file, used_columns(found, file))
    elif file.members:
        with archives.joined(path, file) as text:
            used = [*file.carried, *used_columns(found, file)]
            text_rows.load_csv(con, text, [*file.carried, *found], used, file)
    else:
        with unpack.plain(path) as text:
            if file.format == "csv":
                text_rows.load_csv(con, text, found, used_columns(found, file), file)
            else:
                text_rows.load_json(con, text, used_columns(found, file), file)


def _load_parquet(con: Connection, path: Path, file: File, used: list[str]) -> None:
    columns = "".join(f"{without(name, file.missing)} AS {named(name)}, " for name in used)
    con.execute(
        f"CREATE VIEW file_rows AS SELECT {columns} file_row_number + 1 AS row_line "
        f"FROM read_parquet({quote(str(path))}, file_row_number = true)"
    )


def _named(name: str, file: File) -> str:
    """The file's rows, and what its own name carries (a member's name stands in its rows)."""
    if not file.name_carries or file.members:
        return "SELECT * FROM file_rows"
    match = re.search(file.name_carries, Path(name).name)
    if match is None:
        raise ContractBroken(f"its name does not carry what the YAML expects: {file.name_carries}")
    told = zip(file.carried, match.groups(), strict=True)
    return f"SELECT *, {', '.join(f'{quote(t)} AS {ours}' for ours, t in told)} FROM file_rows"


def _stage(con: Connection, rows: Rows, found: list[str], file: File, part: int) -> None:
    expressions = _expressions(rows, found, file, part)
    if unknown := set(expressions) - set(COLUMNS[rows.into]):
        raise ContractBroken(
            f"the source's YAML fills {', '.join(sorted(unknown))}, which {rows.into} does not "
            f"have; it has: {', '.join(COLUMNS[rows.into])}"
        )
    try:
        stage(con, rows.into, _select(rows, expressions, part), {c: c for c in expressions})
    except DuckDBError as error:
        kind = type(error).__name__.removesuffix("Exception")
        if kind in OF_THE_MACHINE:
            raise
        raise ContractBroken(
            f"the source's YAML cannot be followed for {rows.into} ({kind} error): correct it"
        ) from None


def _expressions(rows: Rows, found: list[str], file: File, part: int) -> dict[str, str]:
    """Our columns as SQL over the file's: names quoted, expressions as the YAML has them.

    Two kinds of file may number their rows alike, and one row may say several things: a native id
    holds the kind, and which of them.
    """
    groups = zip(re.compile(file.name_carries).groupindex, file.carried, strict=True)
    carried = {ours: theirs for ours, theirs in groups if ours in COLUMNS[rows.into]}
    optional = {ours: theirs for ours, theirs in rows.optional.items() if theirs in found}
    expressions = {
        ours: named(theirs) if isinstance(theirs, str) else theirs["sql"]
        for ours, theirs in (carried | rows.columns | optional).items()
    }
    if rows.values:
        expressions |= {"code": "our_code", "value": "our_value"}
    if "native_id" in expressions:
        which = f"{quote(f'{file.kind} {part} ')} || {expressions['native_id']}"
        expressions["native_id"] = which + (" || ' ' || our_code" if rows.values else "")
    if rows.sensor_off:
        words = ", ".join(map(quote, rows.sensor_off))
        off = f"CASE WHEN {expressions['value']} IN ({words}) THEN 'sensor-off'"
        expressions["status"] = f"{off} ELSE {expressions.get('status', 'NULL')} END"
    return expressions


def _select(rows: Rows, expressions: dict[str, str], part: int) -> str:
    """`line`, `part` and our columns of the rows that are meant."""
    columns = ", ".join(f"{theirs} AS {ours}" for ours, theirs in expressions.items())
    source = f"({_melted(rows.values, part)})" if rows.values else "named_rows"
    told = f"CAST({'our_part' if rows.values else part} AS SMALLINT) AS part"
    meant = f"SELECT row_line AS line, {told}, {columns}, {rows.where or 'true'} AS is_meant"
    if rows.once:
        return (
            f"SELECT min(line) AS line, * EXCLUDE (line, is_meant) FROM ({meant} FROM {source}) "
            "WHERE is_meant GROUP BY ALL"
        )
    return f"SELECT * EXCLUDE (is_meant) FROM ({meant} FROM {source}) WHERE is_meant"


def _melted(values: list[str], part: int) -> str:
    """One row per value of a wide row; an empty cell is no value."""
    return (
        f"SELECT * FROM (SELECT *, unnest(range({part}, {part + len(values)})) AS our_part, "
        f"unnest([{', '.join(map(quote, values))}]) AS our_code, "
        f"unnest([{', '.join(map(named, values))}]) AS our_value FROM named_rows) "
        "WHERE our_value IS NOT NULL"
    )
