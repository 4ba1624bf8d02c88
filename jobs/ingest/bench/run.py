"""The paths of ingestion and their peers, measured one after the other, best of a few rounds."""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from expectations import bench_peer, gate
from jobs import microbatch
from jobs.ingest import hl7v2, ledger, staging, voice
from jobs.ingest.batch import judge
from jobs.ingest.bench import files, peers
from jobs.ingest.fhir import ndjson
from jobs.ingest.landing import pending
from warehouse import Lake, Settings
from warehouse.archive import Archive
from warehouse.lake import Connection, scratch
from warehouse.source import File

PEERS = Path(".venv-bench/bin/python")
EVERY = 10**9
BYTES_OF_A_ROW = 80
GATE_ROWS = 10_000_000
LIBRARIES_MB = 900
"""What a process has beside its engines: libraries, and what is on its way between them."""
NOW = datetime(2026, 4, 1, tzinfo=UTC)

Line = dict[str, object]
Measured = tuple[int, float]
"""Rows, and seconds."""


def run(observations: int, chartevents: int, messages: int, cap_mb: int) -> Iterator[Line]:
    """One line per path and peer: path, rows and seconds of ours, the peer's, ratio and goal.

    Peers that are not installed (`make bench-peers`) are left out and said so; ratios compare
    rows per second, since slow peers are given fewer records. Without `cap_mb` no large file.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder)
        yield from _fhir(files.observations(path / "Observation.ndjson", observations), path)
        yield from _csv(files.chartevents(path / "chartevents.csv", chartevents), path)
        yield from _hl7(files.results(path / "results.hl7", messages))
        if cap_mb:
            yield memory(cap_mb, path)
    yield from _gate()


def memory(cap_mb: int, folder: Path) -> Line:
    """Take in a file of four times the cap in a process of its own; the most that it had.

    The process holds its libraries and two engines of one thread each: what judges, what writes.
    """
    path = folder / "chartevents.csv"
    files.chartevents(path, 4 * cap_mb * 1_000_000 // BYTES_OF_A_ROW)
    command = [sys.executable, "-m", "jobs.ingest.bench.run", str(path), str(cap_mb)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    size = round(path.stat().st_size / 1e6)
    return {"path": "a file of 4 times the cap", "cap_mb": cap_mb, "file_mb": size} | told


def _fhir(path: Path, folder: Path) -> Iterator[Line]:
    ours = _best(lambda: _staged(lambda con: ndjson.read(con, path, "Observation", "fhir")))
    for name, most, goal in (
        ("orjson_loop", EVERY, 4),
        ("json_normalize", 50_000, 70),
        ("fhir_resources", 5_000, 100),
    ):
        yield _line("FHIR NDJSON -> rows", ours, name, _peer(name, path, most), goal)
    ours = _committed("fhir", "Observation.ndjson", path, folder)
    bare = _peer("orjson_parse", path, EVERY)
    yield _line("FHIR NDJSON, file -> committed", ours, "orjson_parse", bare, 1)


def _csv(path: Path, folder: Path) -> Iterator[Line]:
    ours = _committed("mimic-iv", "icu/chartevents.csv", path, folder)
    bare = _best(lambda: len(pd.read_csv(path)))
    yield _line("MIMIC CSV, file -> committed", ours, "pandas read_csv", bare, 0.33)


def _hl7(path: Path) -> Iterator[Line]:
    file = File(kind="messages", match="*", format="hl7v2")
    ours = _best(lambda: _staged(lambda con: hl7v2.read(con, path, file)))
    for name, most, goal in (("hl7", 2_000, 20), ("hl7apy", 100, 500)):
        yield _line("HL7 v2 ORU -> rows", ours, name, _peer(name, path, most), goal)


def _gate() -> Iterator[Line]:
    with closing(scratch(memory="8GB")) as con:
        bench_peer.make_up(con, GATE_ROWS)
        ours = _best(lambda: gate.check(con, "observation")["checked"].max())
        theirs = _best(lambda: bench_peer.check(con) and GATE_ROWS, rounds=1)
    yield _line("the gate alone", ours, "Great Expectations, pandas", theirs, 20)


def _line(path: str, ours: Measured, peer: str, theirs: Measured | None, goal: float) -> Line:
    """Rows per second of both, and how many times the peer's ours are."""
    rows, seconds = ours
    line = {"path": path, "rows": int(rows), "seconds": round(seconds, 2)}
    line |= {"rows_per_second": round(rows / seconds), "peer": peer, "goal": goal}
    if theirs is None:
        return line | {"ratio": None, "note": "peer not installed: make bench-peers"}
    rate = theirs[0] / theirs[1]
    return line | {"peer_rows_per_second": round(rate), "ratio": round(rows / seconds / rate, 2)}


def _staged(read: Callable[[Connection], None]) -> int:
    """Read into a fresh connection; how many values."""
    with closing(scratch()) as con:
        voice.prepare(con)
        staging.make_rejects(con)
        read(con)
        return con.execute("SELECT count(*) FROM staged_observation").fetchone()[0]


def _committed(source: str, name: str, path: Path, folder: Path) -> Measured:
    """From landing to the commit, into a lake of its own: all but twins, predictions, alerts."""
    return min(
        (_take_in(source, name, path, folder / f"var{n}") for n in range(2)), key=lambda m: m[1]
    )


def _take_in(source: str, name: str, path: Path, var: Path, **limits) -> Measured:
    lake = Lake.create(Settings(var=var, settle_seconds=0, **limits))
    target = lake.settings.landing / source / name
    target.parent.mkdir(parents=True)
    shutil.copyfile(path, target)
    (landed,) = pending(lake.settings, [source])
    begun = time.perf_counter()
    Archive(lake.settings.archive, lake.keys).store(landed.batch_id, landed.path)
    batch = {"batch_no": 1, "batch_id": landed.batch_id, "source": source, "state": "committed"}
    batch |= {"kind": landed.file.kind, "landed": landed.landed, "processed": NOW, "bytes": 0}
    with closing(judge(lake, landed)) as judged, lake.write("bench") as con:
        microbatch.commit(con, lake=lake, source=landed.source, judged=judged, batch=batch)
        ledger.enter(con, batch)
    seconds = time.perf_counter() - begun
    shutil.rmtree(var)
    return batch["read"], seconds


def _best(work: Callable[[], int], rounds: int = 3) -> Measured:
    """The rows of the work, and the seconds of its fastest round."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        rows = work()
        found.append((rows, time.perf_counter() - begun))
    return min(found, key=lambda measured: measured[1])


def _peer(name: str, path: Path, most: int) -> Measured | None:
    """The peer in its own environment; the better of two runs."""
    if not PEERS.exists():
        return None
    command = [str(PEERS), peers.__file__, name, str(path), str(most)]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(2)]
    told = [json.loads(run.stdout) for run in runs]
    return min(((one["rows"], one["seconds"]) for one in told), key=lambda measured: measured[1])


def _one_large_file(path: str, cap_mb: str) -> None:
    """In a process of its own: what taking in a file costs in memory."""
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with TemporaryDirectory() as folder:
        engine = f"{(int(cap_mb) - LIBRARIES_MB) // 2}MB"
        rows, seconds = _take_in(
            "mimic-iv", "icu/chartevents.csv", Path(path), Path(folder) / "var",
            memory=engine, threads=1,
        )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"rows": rows, "seconds": round(seconds, 1), "peak_mb": round(peak)}
    print(json.dumps(told | {"peak_mb_before": round(idle)}))


if __name__ == "__main__":
    _one_large_file(*sys.argv[1:])
