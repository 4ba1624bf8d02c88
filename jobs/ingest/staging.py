"""The text columns that every reader fills, whatever the format: rows before they are typed."""

from warehouse.lake import Connection

COLUMNS = {
    "patient": ["patient", "name", "sex", "birth_year", "death_time", "arrived"],
    "encounter": [
        *("patient", "encounter", "part_of", "class"),
        *("start_time", "end_time", "death_time", "arrived", "status"),
    ],
    "location": [
        *("native_id", "patient", "encounter", "ward", "bed", "kind", "place"),
        *("start_time", "end_time", "arrived", "status"),
    ],
    "observation": [
        *("native_id", "patient", "encounter", "device", "bed"),
        *("time", "arrived", "code", "value", "unit", "status"),
    ],
    "treatment": [
        *("native_id", "patient", "encounter", "code"),
        *("start_time", "end_time", "arrived", "dose", "unit", "status", "is_order"),
    ],
    "condition": ["native_id", "patient", "encounter", "code", "time", "arrived", "status"],
    "device": ["device", "kind", "model", "firmware", "arrived"],
    "place": ["place", "within", "name", "form", "arrived"],
    "link": [
        *("patient", "into_patient", "pseudonym", "into_pseudonym"),
        *("is_linked", "reason", "arrived"),
    ],
}
"""Every value is text as sent, trimmed, NULL where empty; `line` and `part` say where it stood."""


def stage(con: Connection, into: str, select: str, expressions: dict[str, str]) -> None:
    """Add rows to `staged_<into>`: `select` gives them, `expressions` our columns of them.

    Both come from a source's YAML or a reader's own constants, never from data.
    """
    query = staged_query(into, select, expressions)
    if is_staged(con, into):
        con.execute(f"INSERT INTO staged_{into} BY NAME {query}")
    else:
        con.execute(f"CREATE TABLE staged_{into} AS {query}")


def staged_query(
    into: str, select: str, expressions: dict[str, str], beside: tuple[str, ...] = ()
) -> str:
    """The rows of `staged_<into>` as SQL, with columns of `select` kept beside ours.

    The inner query is there because `_trimmed` names its column more than once.
    """
    said = [
        f"CAST({expressions.get(column, 'NULL')} AS VARCHAR) AS {column}"
        for column in COLUMNS[into]
    ]
    trimmed = [f"{_trimmed(column)} AS {column}" for column in COLUMNS[into]]
    return (
        f"SELECT {', '.join(['line', 'part', *trimmed, *beside])} "
        f"FROM (SELECT {', '.join(['line', 'part', *said, *beside])} FROM ({select}))"
    )


def _trimmed(column: str) -> str:
    """Without spaces around, NULL where empty. Most texts need neither: asking costs less."""
    return (
        f"CASE WHEN {column} < '!' OR ends_with({column}, ' ') "
        f"THEN nullif(trim({column}), '') ELSE {column} END"
    )


def adopt(con: Connection, table: str, into: str) -> None:
    """Add a finished table of line, part and the staged columns to `staged_<into>`; it is gone."""
    if is_staged(con, into):
        con.execute(f"INSERT INTO staged_{into} BY NAME FROM {table}")
        con.execute(f"DROP TABLE {table}")
    else:
        con.execute(f"ALTER TABLE {table} RENAME TO staged_{into}")


def is_staged(con: Connection, into: str) -> bool:
    found = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [f"staged_{into}"]
    ).fetchone()
    return found[0] > 0


def make_rejects(con: Connection) -> None:
    """The table of lines that could not be read at all."""
    con.execute("CREATE TABLE rejects (line BIGINT, part SMALLINT, text VARCHAR)")
