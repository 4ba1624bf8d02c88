"""`twin.patient_now`: each patient at the instant at which their last value arrived."""

import pandas as pd
import pyarrow as pa

from jobs.twins.twin import twins
from warehouse.lake import Connection, Lake, insert, sql

AT_ONCE = 5000
"""Patients whose windows are in memory together."""


def update(con: Connection, patient_ids: list[int], batch_no: int) -> pd.DataFrame:
    """Make these patients' rows anew, inside a write transaction; the new rows, all columns.

    `batch_no` is the newest batch there is. A patient without any observation gets no row, nor
    does a number that is linked to another: its person has.
    """
    _want(con, pa.array(sorted(set(patient_ids)), pa.int64()))
    rows = _rows(con, _seen_by_all(con, batch_no), batch_no)
    con.execute(
        "DELETE FROM twin.patient_now WHERE patient_id IN (SELECT member_id FROM wanted_members)"
    )
    insert(con, "twin.patient_now", rows)
    return rows.to_pandas()


def remake(lake: Lake, snapshot: int) -> None:
    """Make every row anew from a snapshot, taking nothing from the stored ones.

    A row that has seen a newer batch is left as it is: it knows more.
    """
    with lake.read(snapshot) as con:
        everyone = con.execute(
            "SELECT DISTINCT coalesce(person_id, patient_id) AS patient_id FROM ("
            "SELECT DISTINCT patient_id FROM clinical.observation) "
            "LEFT JOIN clinical.person USING (patient_id) ORDER BY ALL"
        )
        patients = everyone.to_arrow_table()["patient_id"]
        (seen,) = con.execute("SELECT coalesce(max(batch_no), 0) FROM ops.batch").fetchone()
        for start in range(0, len(patients), AT_ONCE):
            _want(con, patients.slice(start, AT_ONCE))
            _replace(lake, _rows(con, 0, seen), seen)


def _replace(lake: Lake, rows: pa.Table, seen: int) -> None:
    with lake.write("remaking patient_now") as con:
        con.register("remade", rows)
        con.execute(
            "DELETE FROM twin.patient_now "
            "WHERE batch_no <= ? AND patient_id IN (SELECT patient_id FROM remade)",
            [seen],
        )
        con.execute(
            "INSERT INTO twin.patient_now BY NAME "
            "SELECT * FROM remade ANTI JOIN twin.patient_now USING (patient_id)"
        )


def _want(con: Connection, patient_ids: pa.Array) -> None:
    """Register the persons that these patients are, by all their numbers."""
    con.register("wanted_ids", pa.table({"patient_id": patient_ids}))
    con.register("wanted_members", con.execute(sql("twin_members")).to_arrow_table())


def _seen_by_all(con: Connection, batch_no: int) -> int:
    """The newest batch that all the wanted rows have seen; 0 if a person has no row yet.

    Also 0 where this very batch says who is who: what is stored may be another's.
    """
    (links,) = con.execute(
        "SELECT count(*) FROM clinical.link WHERE batch_no = ?", [batch_no]
    ).fetchone()
    stored, wanted, seen = con.execute(
        "SELECT count(*), (SELECT count(DISTINCT patient_id) FROM wanted_members), min(batch_no) "
        "FROM twin.patient_now WHERE patient_id IN (SELECT patient_id FROM wanted_members)"
    ).fetchone()
    return seen if stored == wanted and not links else 0


def _rows(con: Connection, since: int, batch_no: int) -> pa.Table:
    rows = twins(con, con.execute(sql("twin_now"), {"since": since}).to_arrow_table())
    return rows.append_column("batch_no", pa.array([batch_no] * len(rows), pa.int64()))
