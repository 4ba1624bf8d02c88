"""What this system knew of some patients after a batch: the ground that replays stand on.

Snapshots expire, rows stay, and each says which batch let it in. So the past is the rows up to a
batch, in an empty lake of their own in memory, on which the same code runs as it did on its day.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pyarrow as pa

from warehouse import Lake, schema
from warehouse.lake import Connection, scratch, sql

VERSIONED = {
    "observation": "observation_id",
    "encounter": "encounter_id",
    "location": "location_id",
    "treatment": "treatment_id",
    "condition": "condition_id",
}
"""Tables whose rows may be given to another patient: all versions of a row decide whose it is."""

OF_A_PATIENT = ("clinical.patient", "clinical.personal_limit")
"""Tables whose rows stay with the patient they were about."""

WHOLE = ("clinical.link", "clinical.place")
"""Small tables that are about everybody."""


@contextmanager
def after(lake: Lake, patient_ids: list[int], batch_no: int) -> Iterator[Connection]:
    """A lake in memory with the clinical rows that tell of these patients, up to this batch.

    Of alerts it holds those that stood before the batch; twins and predictions are yet to be made.
    """
    with closing(scratch(threads=1)) as past, lake.read() as now:
        for statement in schema.plain_statements():
            past.execute(statement)
        _fill(now, past, pa.array(patient_ids, pa.int64()), batch_no)
        yield past


def _fill(now: Connection, past: Connection, patient_ids: pa.Array, batch_no: int) -> None:
    batch = {"batch_no": batch_no}
    for table in WHOLE:
        _copy(now, past, table, f"SELECT * FROM {table} WHERE batch_no <= $batch_no", batch)
    _copy(now, past, "ops.source", "SELECT * FROM ops.source")
    past.execute(f"INSERT INTO clinical.person BY NAME {sql('persons')}")
    past.register("wanted_ids", pa.table({"patient_id": patient_ids}))
    now.register("members", past.execute(sql("twin_members")).to_arrow_table())
    members = "SELECT member_id AS patient_id FROM members"
    for table in OF_A_PATIENT:
        query = f"SELECT * FROM {table} SEMI JOIN ({members}) USING (patient_id)"
        _copy(now, past, table, f"{query} WHERE batch_no <= $batch_no", batch)
    for name, key in VERSIONED.items():
        of_members = f"SELECT {key} FROM clinical.{name} SEMI JOIN ({members}) USING (patient_id)"
        query = f"SELECT * FROM clinical.{name} SEMI JOIN ({of_members}) USING ({key})"
        _copy(now, past, f"clinical.{name}", f"{query} WHERE batch_no <= $batch_no", batch)
    for table in ("transition", "alert"):
        _copy(now, past, f"alert.{table}", sql(f"past_{table}s"), batch)
    now.unregister("members")


def _copy(
    now: Connection, past: Connection, table: str, query: str, params: dict | None = None
) -> None:
    past.register("copied", now.execute(query, params).to_arrow_table())
    past.execute(f"INSERT INTO {table} BY NAME SELECT * FROM copied")
    past.unregister("copied")
