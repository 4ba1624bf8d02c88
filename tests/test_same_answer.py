"""Same answer every way: however the work was cut, ordered, stored or repeated, equal digests."""

import os
import random
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from jobs import microbatch, rebuild
from jobs.ingest.landing import pending
from jobs.simulate.hospital import write_history
from jobs.twins import patient_hour
from tests.conftest import NOW, copied
from warehouse import Lake, Settings
from warehouse.digest import digests
from warehouse.lake import frame

pytestmark = pytest.mark.slow

UNTIL = datetime(2026, 2, 20, 6, tzinfo=UTC)
LANDED = UNTIL.timestamp()


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """A small synthetic hospital: 24 patients over 2 days, all its files."""
    landing = tmp_path_factory.mktemp("export")
    write_history(landing, seed=5, patients=24, days=2, until=UNTIL, beds=6)
    return landing


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    settings = Settings(var=tmp_path_factory.mktemp("key"))
    Lake.create(settings)
    return settings.keys


@pytest.fixture(scope="module")
def lake_of(export, key, tmp_path_factory):
    """A lake that has taken the export in, in the order and at the place a test names."""

    def make(shuffle: int | None = None, **settings) -> Lake:
        var = tmp_path_factory.mktemp("lake")
        lake = Lake.create(Settings(var=var, key_file=key, settle_seconds=0, **settings))
        paths = [path for path in export.rglob("*") if path.is_file()]
        for path in paths:
            target = lake.settings.landing / path.relative_to(export)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            os.utime(target, (LANDED, LANDED))
        landed = pending(lake.settings)
        if shuffle is not None:
            random.Random(shuffle).shuffle(landed)
        for file in landed:
            microbatch.process(lake, file, now=NOW)
        return lake

    return make


def digests_of(lake: Lake) -> dict:
    with lake.read() as con:
        return digests(con, rebuild.SCHEMAS)


@pytest.fixture(scope="module")
def taken_in(lake_of) -> Lake:
    """A lake that has taken the export in, and whose history nobody has rebuilt."""
    return lake_of()


@pytest.fixture
def copy_of_it(taken_in, key, tmp_path):
    """The same once more, with the settings that a test names."""

    def make(**settings) -> Lake:
        about = {"var": tmp_path / "copy", "key_file": key, "settle_seconds": 0}
        return copied(taken_in.settings.var, Settings(**about | settings))

    return make


@pytest.fixture(scope="module")
def whole(taken_in, key, tmp_path_factory):
    """The lake that the others are held against, and its digests after a full rebuild."""
    var = tmp_path_factory.mktemp("whole")
    lake = copied(taken_in.settings.var, Settings(var=var, key_file=key, settle_seconds=0))
    patient_hour.rebuild(lake)
    return lake, digests_of(lake)


def test_there_is_something_to_compare(whole):
    lake, _ = whole
    with lake.read() as con:
        assert con.execute("SELECT count(*) FROM twin.patient_hour").fetchone() > (500,)
        assert con.execute("SELECT count(*) FROM quality.quarantine").fetchone() > (0,)


def test_a_rebuild_repeated_changes_nothing(whole):
    lake, expected = whole
    patient_hour.rebuild(lake)
    assert digests_of(lake) == expected


def test_day_by_day_is_the_same_as_all_at_once(copy_of_it, whole):
    lake = copy_of_it()
    with lake.read() as con:
        span = frame(
            con,
            "SELECT min(time) AS first, max(arrived) AS last FROM clinical.observation",
        )
    day = span["first"][0].date() - timedelta(days=2)
    while day <= span["last"][0].date() + timedelta(days=2):
        patient_hour.rebuild(lake, day=day)
        day += timedelta(days=1)
    assert digests_of(lake) == whole[1]


def test_one_worker_is_the_same_as_eight(lake_of, whole):
    lake = lake_of(threads=8)
    patient_hour.rebuild(lake)
    assert digests_of(lake) == whole[1]


def test_files_may_land_in_any_order(lake_of, whole):
    lake = lake_of(shuffle=1)
    patient_hour.rebuild(lake)
    assert digests_of(lake) == whole[1]


@pytest.mark.postgres
def test_sqlite_is_the_same_as_postgres(lake_of, whole, postgres):
    name = f"same_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(postgres, autocommit=True) as con:
        con.execute(f'CREATE DATABASE "{name}"')
    lake = lake_of(catalog=postgres.replace("/postgres?", f"/{name}?"))
    patient_hour.rebuild(lake)
    assert digests_of(lake) == whole[1]


def test_a_lake_rebuilt_from_its_archive_is_the_same(copy_of_it, whole):
    lake = copy_of_it()
    patient_hour.rebuild(lake)
    found = rebuild.from_archive(lake.settings, report=lambda done, total: None)
    assert all(found["equal"].values())
    assert digests_of(Lake.open(lake.settings)) == whole[1]
