"""The lake as a MEDS dataset (Medical Event Data Standard 0.4): one event per row, in Parquet.

`data/<split>/<n>.parquet` holds the events, `metadata/` what the standard tells of them.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import durable, known, vocabulary
from warehouse.lake import Connection, sql

STANDARD = "0.4.1"
SUBJECTS_AT_ONCE = 1000
"""So many in one file, which is what most tools hold in memory."""
ROWS_AT_ONCE = 100_000

DATA = pa.schema(
    {
        "subject_id": pa.int64(),
        "time": pa.timestamp("us"),
        "code": pa.string(),
        "numeric_value": pa.float32(),
        "text_value": pa.large_string(),
    }
)
CODES = pa.schema(
    {
        "code": pa.string(),
        "description": pa.string(),
        "parent_codes": pa.list_(pa.string()),
    }
)
SPLITS = pa.schema({"subject_id": pa.int64(), "split": pa.string()})


def write(con: Connection, folder: Path, at: datetime | None = None) -> dict[str, int]:
    """Write the dataset into an empty folder, whole or not at all; how much it holds.

    With `at` (aware), what was known then, each row in its version of then. Equal rows, equal
    bytes. `WardtwinError` if the folder holds anything.
    """
    with durable.folder(folder) as side:
        _gather(con, at)
        found = {"files": 0, "events": 0}
        for name, events in _shards(con):
            found["events"] += _parquet(side / "data" / f"{name}.parquet", events, DATA)
            found["files"] += 1
        codes = con.execute(sql("meds_codes")).to_arrow_reader(ROWS_AT_ONCE)
        found["codes"] = _parquet(side / "metadata" / "codes.parquet", codes, CODES)
        splits = con.execute("SELECT subject_id, split FROM meds_subjects ORDER BY subject_id")
        splits = splits.to_arrow_reader(ROWS_AT_ONCE)
        found["subjects"] = _parquet(side / "metadata" / "subject_splits.parquet", splits, SPLITS)
        (side / "metadata" / "dataset.json").write_text(json.dumps(_about(con, at), indent=2))
    return found


def _gather(con: Connection, at: datetime | None) -> None:
    """Make meds_events and meds_subjects, which the engine may keep on disk, as ciphertext."""
    known.at(con, at)
    for name in ("concepts", "coded_values"):
        con.register(name, vocabulary.table(name))
    con.execute(f"CREATE OR REPLACE TEMP TABLE meds_events AS {sql('meds_events')}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE meds_subjects AS {sql('meds_subjects')}",
        {"at_once": SUBJECTS_AT_ONCE},
    )


def _shards(con: Connection) -> Iterator[tuple[str, pa.RecordBatchReader]]:
    """The name of each file and its events, in the order that MEDS asks for."""
    shards = con.execute("SELECT DISTINCT split, shard FROM meds_subjects ORDER BY ALL").fetchall()
    for split, shard in shards:
        events = con.execute(
            "SELECT meds_events.* FROM meds_events JOIN meds_subjects USING (subject_id) "
            "WHERE split = ? AND shard = ? "
            "ORDER BY subject_id, time NULLS FIRST, code, numeric_value, text_value",
            [split, shard],
        )
        yield f"{split}/{shard}", events.to_arrow_reader(ROWS_AT_ONCE)


def _parquet(path: Path, batches: pa.RecordBatchReader, columns: pa.Schema) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with pq.ParquetWriter(path, columns) as file:
        for batch in batches:
            file.write_table(pa.Table.from_batches([batch]).cast(columns))
            rows += batch.num_rows
    return rows


def _about(con: Connection, at: datetime | None) -> dict[str, str]:
    """What `metadata/dataset.json` says: of which state of the lake, never when it was written."""
    (batch_no,) = con.execute("SELECT coalesce(max(batch_no), 0) FROM ops.batch").fetchone()
    return {
        "dataset_name": "wardtwin",
        "dataset_version": f"batch {batch_no}" + (f", known at {at.isoformat()}" if at else ""),
        "etl_name": "wardtwin",
        "etl_version": version("wardtwin"),
        "meds_version": STANDARD,
    }
