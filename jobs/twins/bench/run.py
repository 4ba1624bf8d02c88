"""The twins and their peers, measured one after the other."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.twins.bench import micro, peers

PEERS = Path(".venv-bench/bin/python")
GOALS = {"polars_hourly": 1.0, "polars_rolling": 3.0, "pandas_rolling": 12.0}
SHARE = {"polars_hourly": 1, "polars_rolling": 10, "pandas_rolling": 50}
"""Of how many patients each peer is given one: ratios compare hours per second."""
HISTORY_DAYS = 18
"""Of 1,000 patients, before the micro-batches: 5 million readings."""

Line = dict[str, object]


def run(patients: int, days: int, history_days: int = HISTORY_DAYS) -> Iterator[Line]:
    """One line per question: what was measured, the peer's figure, ratio and goal.

    Peers that are not installed (`make bench-peers`) are left out and said so.
    """
    with TemporaryDirectory() as folder:
        readings = Path(folder) / "readings.parquet"
        small = _rebuild(max(1, patients // 10), days, readings)
        large = _rebuild(patients, days, readings)
        yield {"what": "full rebuild"} | large
        yield from _beside_peers(large, readings, patients)
    yield _ratio("the floor: scan and write", large["seconds"], large["floor_seconds"], 3.5)
    yield _ratio("a pool of threads, not Dask", large["seconds"], large["pool_seconds"], 1.05)
    a, b = (one["cpu_seconds"] / one["hours"] * 1e6 for one in (small, large))
    yield _ratio("CPU microseconds a patient-hour, ten times the patients", b, a, 1.15)
    yield {"what": "memory at ten times the patients", "peak_mb": large["peak_mb"], "goal": 1700}
    found = micro.measure(history_days)
    yield {"what": "a micro-batch, a plain DuckDB file beside it"} | found | {"goal": "150 ms, 1.5"}


def _rebuild(patients: int, days: int, readings: Path) -> Line:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "jobs.twins.bench.rebuild", str(patients), str(days)]
    done = subprocess.run([*command, str(readings)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def _beside_peers(ours: Line, readings: Path, patients: int) -> Iterator[Line]:
    for name, goal in GOALS.items():
        line = {"what": "full rebuild", "peer": name, "goal": goal}
        if not PEERS.exists():
            yield line | {"ratio": None, "note": "peer not installed: make bench-peers"}
            continue
        some = max(1, patients // SHARE[name])
        target = readings.with_name(f"{name}.parquet")
        command = [str(PEERS), peers.__file__, name, str(readings), str(target), str(some)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        rate = told["hours"] / told["seconds"]
        line |= {"peer_hours_per_second": round(rate), "peer_peak_mb": told["peak_mb"]}
        yield line | {"ratio": round(ours["hours"] / ours["seconds"] / rate, 2)}


def _ratio(what: str, ours: float, other: float, most: float) -> Line:
    line = {"what": what, "ours": round(ours, 2), "other": round(other, 2)}
    return line | {"ratio": round(ours / other, 2), "at_most": most}
