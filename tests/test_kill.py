"""Killed anywhere, run again: the same tables, to the row."""

import multiprocessing
import os
import random
import shutil

import pytest

from jobs import microbatch
from jobs.ingest.landing import pending
from tests.conftest import NOW
from tests.ingest.conftest import ndjson
from tests.ingest.test_batches import encounter, readings
from warehouse import Lake, Settings
from warehouse.digest import digests

BEDS = 12
FILES, KILLS = (25, 20) if "WARDTWIN_LONG" in os.environ else (10, 6)
LANDED = int(NOW.timestamp()) - 3600  # when the files landed, the same in both runs


def ward() -> str:
    return ndjson(*(encounter(f"p{bed}", f"Bed {bed}") for bed in range(BEDS)))


def minute(n: int) -> str:
    """One minute of the ward: signs that drift so that alerts open and close."""
    return readings(
        *(
            {
                "bed": f"Ward 4B / Bed {bed}",
                "time": f"10:{n:02}",
                "value": 98 - (n * bed) % 23,
            }
            for bed in range(BEDS)
        )
    )


def land_all(settings: Settings) -> None:
    files = {"demo-ehr/Encounter.ndjson": ward()}
    files |= {f"demo-monitor/m_{n:02}.csv": minute(n) for n in range(FILES)}
    for age, (name, content) in enumerate(files.items()):
        path = settings.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (LANDED + age, LANDED + age))


def drain(settings: Settings, is_running) -> None:
    lake = Lake.open(settings)
    is_running.set()
    microbatch.drain(lake, now=NOW)


def kill_once(context, settings: Settings, moment: float) -> bool:
    """Drain in a process of its own, killed `moment` seconds after it began; was it killed?"""
    is_running = context.Event()
    worker = context.Process(target=drain, args=(settings, is_running))
    worker.start()
    assert is_running.wait(60)
    worker.join(moment)
    was_alive = worker.is_alive()
    worker.kill()
    worker.join()
    return was_alive


@pytest.mark.slow
def test_many_kills_change_nothing(tmp_path):
    calm = Settings(var=tmp_path / "calm", settle_seconds=0)
    rough = Settings(var=tmp_path / "rough", settle_seconds=0, key_file=calm.keys)
    for settings in (calm, rough):
        Lake.create(settings)
        land_all(settings)
    microbatch.drain(Lake.open(calm), now=NOW)

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["jobs.microbatch", "expectations.gate"])
    moments = random.Random(7)
    killed = 0
    while killed < KILLS and pending(rough):
        killed += kill_once(context, rough, moments.uniform(0, 0.6))
    microbatch.drain(Lake.open(rough), now=NOW)

    assert killed == KILLS
    with Lake.open(calm).read() as one, Lake.open(rough).read() as other:
        assert digests(one) == digests(other)
        assert one.execute("SELECT count(*) FROM alert.alert").fetchone() > (0,)
    assert not list(rough.landing.rglob("*.csv"))


def test_a_file_that_was_committed_but_not_removed_is_not_taken_in_twice(lake, land, tmp_path):
    path = land("demo-ehr", "Encounter.ndjson", ward())
    shutil.copy2(path, tmp_path / "kept")
    microbatch.drain(lake, now=NOW)
    shutil.copy2(tmp_path / "kept", path)
    assert microbatch.drain(lake, now=NOW)["accepted"] == 0
    assert not path.exists()
