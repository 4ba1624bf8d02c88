"""Resources of one type -> the table `resource`, one row each -> the staged tables."""

import json

import pyarrow as pa

from jobs.ingest.fhir.resources import Resource, Rows
from jobs.ingest.staging import adopt, stage, staged_query
from warehouse.lake import Connection, quote


def create(con: Connection, resource: Resource) -> None:
    """The table `resource`, empty: the staged columns, the type found, the list of parts."""
    _create(con, resource, f"(SELECT unnest(from_json('{{}}', {_json_shape(resource)})) LIMIT 0)")


def load(con: Connection, path: str, resource: Resource) -> None:
    """Fill `resource` from an NDJSON file, in its order: a row for each line that is not blank.

    A line that is no JSON object is a row of NULLs.
    """
    fields = {name: _sql_type(shape) for name, shape in _fields(resource).items()}
    columns = ", ".join(f"{quote(name)}: {quote(kind)}" for name, kind in fields.items())
    source = f"read_json({quote(path)}, format = 'newline_delimited', ignore_errors = true, "
    _create(con, resource, f"{source} columns = {{{columns}}})")


def texts(numbered: list[tuple[int, str]]) -> pa.Table:
    """Texts and their lines, as `add` wants them."""
    numbers, found = zip(*numbered, strict=True) if numbered else ([], [])
    return pa.table({"line": pa.array(numbers, pa.int64()), "text": pa.array(found, pa.string())})


def add(con: Connection, kind: str, resource: Resource) -> None:
    """Add the resources of one type in the table `texts` (line, text); others go to `rejects`."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE told AS
        SELECT line, text, coalesce(CASE WHEN json_valid(text)
            THEN json_extract_string(text, '$.resourceType') END = ?, false) AS is_resource
        FROM texts
        """,
        [kind],
    )
    con.execute("INSERT INTO rejects SELECT line, 0, text FROM told WHERE NOT is_resource")
    source = (
        f"(SELECT line AS number, unnest(from_json(text, {_json_shape(resource)})) "
        "FROM told WHERE is_resource)"
    )
    con.execute(f"INSERT INTO resource BY NAME {_query(resource, 'number', source)}")


def finish(con: Connection, resource: Resource) -> None:
    """Stage what `resource` holds, and the rows of its parts."""
    if resource.part:
        _add_parts(con, resource, resource.part)
    con.execute('ALTER TABLE resource DROP COLUMN "resourceType"')
    adopt(con, "resource", resource.row.into)


def _add_parts(con: Connection, resource: Resource, part: Rows) -> None:
    """A row for each element of a list, numbered from 1 in `part`."""
    parts = resource.part_of
    select = (
        f"SELECT * EXCLUDE (part, {parts}), unnest({parts}) AS piece, "
        f"CAST(generate_subscripts({parts}, 1) AS SMALLINT) AS part "
        f"FROM resource WHERE {parts} IS NOT NULL"
    )
    if part.into == resource.row.into:
        con.execute(f"INSERT INTO resource BY NAME {staged_query(part.into, select, part.columns)}")
    else:
        stage(con, part.into, select, part.columns)
    if resource.needed:
        con.execute(f"DELETE FROM resource WHERE {resource.needed} IS NULL AND len({parts}) > 0")
    con.execute(f"ALTER TABLE resource DROP COLUMN {parts}")


def _create(con: Connection, resource: Resource, source: str) -> None:
    query = _query(resource, "CAST(NULL AS BIGINT)", source)
    con.execute(f"CREATE OR REPLACE TABLE resource AS {query}")


def _query(resource: Resource, line: str, source: str) -> str:
    select = f"SELECT {line} AS line, CAST(0 AS SMALLINT) AS part, * FROM {source}"
    beside = ('"resourceType"', *filter(None, [resource.part_of]))
    return staged_query(resource.row.into, select, resource.row.columns, beside)


def _fields(resource: Resource) -> dict:
    return {"resourceType": "VARCHAR"} | resource.shape


def _json_shape(resource: Resource) -> str:
    """The shape as `from_json` wants it, as an SQL literal."""
    return quote(json.dumps(_fields(resource)))


def _sql_type(shape: dict | list | str) -> str:
    """The shape as an SQL type."""
    if isinstance(shape, str):
        return shape
    if isinstance(shape, list):
        return f"{_sql_type(shape[0])}[]"
    fields = ", ".join(f'"{name}" {_sql_type(inner)}' for name, inner in shape.items())
    return f"STRUCT({fields})"
