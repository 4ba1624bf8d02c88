"""How long a full rebuild of the history takes, lake to lake, in a process of its own.

`python -m jobs.twins.bench.rebuild PATIENTS DAYS FILE` prints what it measured as one JSON object,
and leaves the readings in FILE (Parquet) for the peers.
"""

import json
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jobs.twins import patient_hour, patient_now
from jobs.twins.bench import ward
from warehouse import Lake, Settings
from warehouse.lake import Connection, quote


def measure(patients: int, days: int, readings: Path | None = None) -> dict:
    """Make up readings in a lake of its own, then time the rebuild of every hour from them.

    Returns the seconds of the rebuild (wall and CPU), the rows it read, the hours it made, and
    peak_mb, the most this process had in memory. `floor_seconds` is what DuckDB needs to read all
    rows once and to write the finished hours once, with nothing computed in between;
    `pool_seconds` what a plain pool of threads needs for the same tasks as Dask.
    """
    with tempfile.TemporaryDirectory() as var:
        lake = Lake.create(Settings(var=Path(var)))
        ward.say(f"making up {patients} patients over {days} days")
        rows = ward.make_up(lake, patients, days)
        seconds, cpu_seconds, counts = _timed(lambda: patient_hour.rebuild(lake, report=ward.bar))
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = {
            "seconds": round(seconds, 2),
            "cpu_seconds": round(cpu_seconds, 2),
            "peak_mb": round(peak_mb),
            "rows": rows,
            "patients": counts["patients"],
            "hours": counts["hours"],
            "hours_per_second": round(counts["hours"] / seconds),
            "pool_seconds": round(_timed(lambda: _pool(lake))[0], 2),
            "floor_seconds": round(_timed(lambda: _floor(lake))[0], 2),
            "threads": lake.settings.threads,
        }
        if readings:
            with lake.read() as con:
                _leave(con, readings)
    return found


def _timed(work) -> tuple[float, float, object]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - wall, time.process_time() - cpu, found


def _pool(lake: Lake) -> None:
    """The tasks of a rebuild, and what follows them, without Dask."""
    snapshot = lake.snapshot()
    parts = patient_hour.parts_of(lake, snapshot, None)
    settings = lake.settings.model_copy(update={"threads": 1})

    def task(part: int) -> dict:
        return patient_hour.rebuild_part(part, parts, settings, snapshot, None)

    with ThreadPoolExecutor(lake.settings.threads) as pool:
        list(pool.map(task, range(parts)))
    patient_now.remake(lake, snapshot)


def _floor(lake: Lake) -> None:
    """One pass over the readings and one copy of the finished hours."""
    with lake.write("the bench's floor") as con:
        con.execute(
            "SELECT max(patient_id), max(time), max(arrived), max(concept), sum(value), "
            "bit_xor(observation_id) FROM clinical.observation"
        ).fetchone()
        con.execute("CREATE TABLE twin.floor AS FROM twin.patient_hour")


def _leave(con: Connection, readings: Path) -> None:
    """The signs' readings as one Parquet file: patient (0, 1, 2, ...), concept, time, value."""
    con.execute(
        f"COPY (SELECT CAST(patient_id // {ward.STRIDE} AS INTEGER) AS patient, concept, "
        "CAST(time AS TIMESTAMP) AS time, value FROM clinical.observation "
        f"WHERE list_contains({list(ward.SIGNS)}, concept) ORDER BY time) "
        f"TO {quote(str(readings))} (FORMAT parquet)"
    )


if __name__ == "__main__":
    patients, days, readings = sys.argv[1:]
    print(json.dumps(measure(int(patients), int(days), Path(readings))))
