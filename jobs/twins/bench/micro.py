"""How long a micro-batch takes, from parsed readings to committed twins, and what is around it."""

import time
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pandas as pd

from jobs.alerts import lifecycle
from jobs.twins import patient_now
from jobs.twins.bench import ward
from warehouse import Lake, Settings, schema
from warehouse.lake import Connection, insert, quote, scratch

PATIENTS, READINGS, ROUNDS = 1000, 4000, 15


def measure(days: int) -> dict:
    """The median of ROUNDS micro-batches of READINGS readings on so many days of PATIENTS.

    Milliseconds: rows appended, twins computed and stored, the commit; alerts apart. The same on a
    plain DuckDB file, which admits one process and keeps no history, beside it.
    """
    with TemporaryDirectory() as folder:
        lake = Lake.create(Settings(var=Path(folder) / "var"))
        rows = ward.make_up(lake, PATIENTS, days)
        in_lake = _rounds(lambda: lake.write("a micro-batch"), days)
        with closing(scratch()) as con:
            _plain_copy(lake, con, Path(folder) / "plain.duckdb")
            in_file = _rounds(lambda: _transaction(con), days)
    whole, plain = in_lake["whole_ms"], in_file["whole_ms"]
    return {"rows": rows, **in_lake, "plain_file_ms": plain, "ratio": round(whole / plain, 2)}


def _rounds(transaction, days: int) -> dict:
    found = pd.DataFrame([_one(transaction, days, number) for number in range(ROUNDS)])
    return {f"{name}_ms": round(median(found[name]) * 1000, 1) for name in found}


def _one(transaction, days: int, number: int) -> dict:
    """Seconds of one micro-batch; `whole` leaves out the alerts."""
    begun = time.perf_counter()
    with transaction() as con:
        insert(con, "clinical.observation", _readings(days, number))
        appended = time.perf_counter()
        twins = patient_now.update(con, list(range(0, PATIENTS * ward.STRIDE, ward.STRIDE)), 10**6)
        stored = time.perf_counter()
        lifecycle.update(con, twins, pd.DataFrame({"patient_id": [], "level": [], "reasons": []}),
                         number + 10**6)  # fmt: skip
        alerted = time.perf_counter()
    whole = time.perf_counter() - begun - (alerted - stored)
    return {
        "append": appended - begun, "twins": stored - appended, "alerts": alerted - stored,
        "whole": whole,
    }  # fmt: skip


def _readings(days: int, number: int) -> pd.DataFrame:
    """Each patient's next readings of four signs, a minute after the last micro-batch."""
    signs = ("heart_rate", "spo2", "respiratory_rate", "systolic_bp")
    at = ward.START + pd.Timedelta(days=days, minutes=number)
    rows = pd.DataFrame({"patient_id": [p * ward.STRIDE for p in range(PATIENTS)]})
    rows = rows.merge(pd.DataFrame({"concept": signs, "value": [80.0, 97.0, 16.0, 120.0]}), "cross")
    ids = range(number * READINGS + 1, number * READINGS + 1 + len(rows))
    return rows.assign(
        observation_id=pd.array(ids, "UInt64"), time=at, arrived=at, source_code=rows["concept"],
        is_revised=False, batch_no=10**6,
    )  # fmt: skip


def _plain_copy(lake: Lake, con: Connection, path: Path) -> None:
    """The tables of a lake in a plain DuckDB file, which becomes the connection's own."""
    con.execute(f"ATTACH {quote(str(path))} AS plain")
    con.execute("USE plain")
    for statement in schema.plain_statements():
        con.execute(statement)
    with lake.read() as full:
        for table in ("clinical.patient", "clinical.encounter", "clinical.observation"):
            con.register("copied", full.execute(f"FROM {table}").to_arrow_reader(1_000_000))
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM copied")
            con.unregister("copied")


@contextmanager
def _transaction(con: Connection):
    con.execute("BEGIN TRANSACTION")
    yield con
    con.execute("COMMIT")
