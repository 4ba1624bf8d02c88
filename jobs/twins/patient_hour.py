"""`twin.patient_hour`: each patient at every whole hour, by buckets of patients, on Dask."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from threading import Lock

import dask
import pyarrow as pa
from dask.callbacks import Callback
from dask.delayed import Delayed
from dask.distributed import Client, as_completed

from jobs.twins import patient_now, readings
from jobs.twins.twin import twins
from warehouse import Lake, Settings
from warehouse.lake import Connection, sql

BUCKETS = 16
"""patient_id % 16: how twin.patient_hour is cut."""

ROWS = 2_000_000
"""Observations at which the work is cut finer; a task reads all of them, and keeps its own."""

Report = Callable[[int, int], None]


def rebuild(lake: Lake, *, day: date | None = None, report: Report | None = None) -> dict[str, int]:
    """Make every hour anew, or those of one UTC day, and then `patient_now`.

    Each task takes some buckets: one read of one pinned snapshot and one commit, so that a task
    done twice (as Dask may) or a rebuild begun again does no harm. `report(done, total)` hears of
    every task. Returns {patients, hours, buckets, snapshot}; patients are those with an hour.
    """
    snapshot = lake.snapshot()
    parts = parts_of(lake, snapshot, day)
    settings = lake.settings.model_copy(update={"threads": 1})
    tasks = [
        dask.delayed(rebuild_part, pure=False)(part, parts, settings, snapshot, day)
        for part in range(parts)
    ]
    found = _run(tasks, lake.settings, report or _silence)
    patient_now.remake(lake, snapshot)
    counts = {name: sum(part[name] for part in found) for name in ("patients", "hours")}
    return counts | {"buckets": BUCKETS, "snapshot": snapshot}


def rebuild_part(
    part: int, parts: int, settings: Settings, snapshot: int, day: date | None
) -> dict[str, int]:
    """One task: the hours of the patients whose id leaves `part` when divided by `parts`."""
    lake = _lake(settings, snapshot)
    scope = {"part": part, "parts": parts} | _span(day)
    with lake.read(snapshot) as con:
        hours = twins(con, instants(con, scope))
    with lake.write(f"rebuilding patient_hour, part {part + 1} of {parts}") as con:
        _replace(con, hours, scope)
    return {"patients": len(hours["patient_id"].unique()), "hours": len(hours)}


def instants(con: Connection, scope: dict) -> pa.Table:
    """The hours of the patients in scope: one row per patient_id and time."""
    return con.execute(sql("twin_hours"), {"patients": None} | scope).to_arrow_table()


def spans(con: Connection, batch_no: int) -> pa.Table:
    """The patients whose history a batch touches: patient_id, since, until."""
    hours = readings.look_back_hours()
    look_back = pa.table({"concept": list(hours), "hours": pa.array(hours.values(), pa.int64())})
    con.register("look_back", look_back)
    return con.execute(sql("changed_spans"), {"batch_no": batch_no}).to_arrow_table()


def replay(con: Connection, batch_no: int) -> int:
    """Make anew the hours that a batch touches, inside its transaction; how many.

    Only as far as the history reaches: what no rebuild has made yet is left to the next one.
    """
    touched = spans(con, batch_no)
    con.register("touched", touched)
    scope = _span(None) | {"part": 0, "parts": 1, "patients": touched["patient_id"].to_pylist()}
    con.register("hours_in_scope", instants(con, scope))
    wanted = con.execute(
        "SELECT patient_id, time FROM hours_in_scope JOIN touched USING (patient_id) "
        "WHERE time BETWEEN since AND until AND time <= (SELECT max(hour) FROM twin.patient_hour)"
    ).to_arrow_table()
    con.execute(
        "DELETE FROM twin.patient_hour AS h USING touched AS t "
        "WHERE h.patient_id = t.patient_id AND h.hour BETWEEN t.since AND t.until"
    )
    _insert(con, twins(con, wanted))
    return len(wanted)


def parts_of(lake: Lake, snapshot: int, day: date | None) -> int:
    """In how many tasks: two, four, ... for more rows, so that each takes whole buckets."""
    count = "SELECT count(*) FROM clinical.observation WHERE time >= $since AND time < $until"
    with lake.read(snapshot) as con:
        (rows,) = con.execute(count, _span(day)).fetchone()
    return min(BUCKETS, 2 << (rows // ROWS).bit_length())


def _replace(con: Connection, hours: pa.Table, scope: dict) -> None:
    con.execute(
        "DELETE FROM twin.patient_hour "
        "WHERE bucket % $parts = $part AND hour >= $since AND hour < $until",
        scope,
    )
    _insert(con, hours)


def _insert(con: Connection, hours: pa.Table) -> None:
    con.register("hours_made", hours)
    con.execute(
        "INSERT INTO twin.patient_hour BY NAME "
        "SELECT CAST(patient_id % ? AS UTINYINT) AS bucket, * RENAME (time AS hour) "
        "FROM hours_made",
        [BUCKETS],
    )


def _span(day: date | None) -> dict[str, datetime]:
    """Since the day's first hour until the next day's; all times where there is no day."""
    if day is None:
        return {"since": datetime(1, 1, 2, tzinfo=UTC), "until": datetime(9999, 1, 1, tzinfo=UTC)}
    midnight = datetime.combine(day, time(0), UTC)
    return {"since": midnight, "until": midnight + timedelta(days=1)}


def _run(tasks: list[Delayed], settings: Settings, report: Report) -> list[dict]:
    """On the cluster that settings name, else on Dask's threads in this process.

    DuckDB has one thread in each task: Dask has the others. (A cluster of Dask's own in this
    process would listen on ports of this machine.)
    """
    done = count(1)
    if settings.dask:
        found = []
        with Client(settings.dask) as client:
            for _, result in as_completed(client.compute(tasks), with_results=True):
                found.append(result)
                report(next(done), len(tasks))
        return found
    try:
        with Callback(posttask=lambda *_: report(next(done), len(tasks))):
            return dask.compute(*tasks, scheduler="threads", num_workers=settings.threads)
    finally:
        _open.cache_clear()


def _silence(done: int, total: int) -> None:
    """Report to nobody."""


def _lake(settings: Settings, snapshot: int) -> Lake:
    """One lake per process and rebuild, shared by its tasks there; the first to come opens it."""
    with _opening:
        return _open(settings, snapshot)


_opening = Lock()
"""DuckDB's extensions cannot be unpacked by two threads at once."""


@lru_cache(maxsize=1)
def _open(settings: Settings, snapshot: int) -> Lake:
    return Lake.open(settings)
