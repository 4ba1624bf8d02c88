"""What came, how it was judged and what was measured, day by day: the tables of schema `report`.

Made off the hot path from what is in the lake, as a whole, and replaced as a whole.
"""

from datetime import date, datetime

import pandas as pd

from warehouse import Lake, vocabulary
from warehouse.lake import Connection, frame, insert, sql

TABLES = ("daily", "volume", "signal", "charting", "unmapped", "funnel")
"""In `report`, each made by `sql/report_<name>.sql`."""


def made(con: Connection, until: datetime, labels: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of every table of `TABLES`, of what had landed by `until` (aware).

    `labels`: patient_id and hour of every labelled hour. Nothing is written.
    """
    con.register("labels", labels)
    given = _parameters(until)
    patient_day = sql("report_patient_day")
    con.execute(f"CREATE TEMP TABLE patient_day AS {patient_day}", _used(given, patient_day))
    tables = {}
    for name in TABLES:
        query = sql(f"report_{name}")
        tables[name] = frame(con, query, _used(given, query))
    return tables


def replace(con: Connection, tables: dict[str, pd.DataFrame]) -> dict[str, int]:
    """Put these rows in place of all that `report` holds. Returns their numbers."""
    for name, rows in tables.items():
        con.execute(f"DELETE FROM report.{name}")
        if len(rows):
            insert(con, f"report.{name}", rows)
    return {name: len(rows) for name, rows in tables.items()}


def newest(con: Connection, until: datetime) -> pd.DataFrame:
    """The row of `report.built`: what a report made now rests on."""
    query = "SELECT CAST($until AS TIMESTAMPTZ) AS until, coalesce(max(batch_no), 0) AS batch_no "
    return frame(con, query + "FROM ops.batch WHERE landed <= $until", {"until": until})


def shown(lake: Lake, query: str, since: date, until: date, **more) -> pd.DataFrame:
    """The rows of `sql/quality_<query>.sql` for the UTC days from `since` to `until`, both in."""
    with lake.read() as con:
        return asked(con, query, since, until, **more)


def asked(con: Connection, query: str, since: date, until: date, **more) -> pd.DataFrame:
    """The same, of the snapshot that the connection sees."""
    text = sql(f"quality_{query}")
    return frame(con, text, _used({"since": since, "until": until, **more}, text))


def _parameters(until: datetime) -> dict:
    concepts = vocabulary.concepts()
    twins = vocabulary.twin_concepts("full") + vocabulary.twin_concepts("last")
    numeric = list(concepts.index[concepts["kind"] == "numeric"])
    return {"until": until, "concepts": numeric, "twin_concepts": twins}


def _used(given: dict, query: str) -> dict:
    return {name: value for name, value in given.items() if f"${name}" in query}
