"""A digest per table that tells whether two lakes hold the same rows, in whatever order."""

import hashlib
from collections.abc import Iterable

from warehouse import schema
from warehouse.lake import Connection

ORDER_OF_WORK = ("batch_no", "processed", "is_revised")
"""Columns that say when we did something, not what is true: they may differ between two lakes."""


def digest(con: Connection, table: str) -> str:
    """SHA-256 of a table's columns, number of rows and sums of the rows' 64-bit hashes.

    Sums of whole numbers do not depend on order (a sum of UHUGEINT would be a DOUBLE, and would),
    and a row held twice is not a row held once. Two versions of DuckDB need not agree.

    >>> digest(con, "twin.patient_hour")
    '5f0c...'
    """
    columns = [name for name in _columns(con, table) if name not in ORDER_OF_WORK]
    row = f"hash({', '.join(columns)})"
    sums = con.execute(
        f"SELECT count(*), sum(CAST({row} AS HUGEINT)), bit_xor({row}) FROM {table}"
    ).fetchone()
    return hashlib.sha256(repr((columns, sums)).encode()).hexdigest()


def digests(con: Connection, schemas: Iterable[str] = schema.SCHEMAS) -> dict[str, str]:
    """The digest of every table of these schemas, by `schema.table`."""
    return {table: digest(con, table) for table in schema.all_tables(schemas)}


def _columns(con: Connection, table: str) -> list[str]:
    """In alphabetical order, whatever the table's own."""
    return sorted(row[0] for row in con.execute(f"DESCRIBE {table}").fetchall())
