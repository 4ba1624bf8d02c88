"""Rows of single messages, gathered by table and staged together."""

import pyarrow as pa

from jobs.ingest.staging import stage
from warehouse.lake import Connection

COLUMNS = {
    "patient": ("patient", "name", "sex", "birth_year", "death_time", "arrived"),
    "encounter": (
        *("patient", "encounter", "class", "start_time", "end_time"),
        *("death_time", "arrived", "status"),
    ),
    "location": (
        *("native_id", "patient", "encounter", "ward", "bed", "kind"),
        *("start_time", "end_time", "arrived", "status"),
    ),
    "link": ("patient", "into_patient", "is_linked", "reason", "arrived"),
    "treatment": (
        *("native_id", "patient", "encounter", "code", "start_time", "end_time"),
        *("arrived", "dose", "unit", "status", "is_order"),
    ),
}
"""The columns of staging.py that HL7 v2 fills, in the order in which rows hold them."""


def stage_rows(con: Connection, into: str, rows: list[tuple]) -> None:
    """Stage rows (line, part, *COLUMNS[into]), if there are any."""
    if not rows:
        return
    columns = COLUMNS[into]
    con.register("gathered", _table(("line", "part", *columns), rows))
    stage(con, into, "SELECT * FROM gathered", {column: column for column in columns})
    con.unregister("gathered")


def set_aside(con: Connection, rejects: list[tuple[int, str]]) -> None:
    """Keep what is no message, or none that is read: line, text."""
    con.register("rejected", _table(("line", "text"), rejects))
    con.execute("INSERT INTO rejects SELECT line, 0, text FROM rejected")
    con.unregister("rejected")


def _table(columns: tuple[str, ...], rows: list[tuple]) -> pa.Table:
    types = {"line": pa.int64(), "part": pa.int16()}
    values = zip(*rows, strict=True)
    return pa.table(
        {
            name: pa.array(list(column), types.get(name, pa.string()))
            for name, column in zip(columns, values, strict=True)
        }
    )
