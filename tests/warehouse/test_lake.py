"""The contract of the store, the same on both catalogs."""

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from warehouse import Lake, Settings, schema
from warehouse.errors import NotSetUp, StoreUnavailable
from warehouse.lake import frame, scratch


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request, tmp_path) -> Lake:
    """A lake on a SQLite catalog, then one on PostgreSQL."""
    settings = Settings(var=tmp_path / "var", lock_timeout=10)
    if request.param == "postgres":
        uri = request.getfixturevalue("postgres")
        name = f"wardtwin_{os.getpid()}_{time.monotonic_ns()}"
        with psycopg.connect(uri, autocommit=True) as con:
            con.execute(f'CREATE DATABASE "{name}"')
        settings = settings.model_copy(update={"catalog": uri.replace("/postgres?", f"/{name}?")})
    return Lake.create(settings)


def add(lake: Lake, device: int) -> None:
    with lake.write("test") as con:
        con.execute(
            "INSERT INTO clinical.device (device_id, source, batch_no) VALUES (?, 'test', 1)",
            [device],
        )


def devices(lake: Lake, snapshot: int | None = None) -> list[int]:
    with lake.read(snapshot) as con:
        return sorted(row[0] for row in con.execute("FROM clinical.device").fetchall())


def test_a_write_is_seen_by_the_next_reader(either):
    add(either, 7)
    assert devices(either) == [7]


def test_a_write_that_fails_leaves_nothing(either):
    with pytest.raises(RuntimeError), either.write("test") as con:
        con.execute(
            "INSERT INTO clinical.device (device_id, source, batch_no) VALUES (7, 'test', 1)"
        )
        raise RuntimeError
    assert devices(either) == []


def test_many_tables_change_together_or_not_at_all(either):
    with pytest.raises(RuntimeError), either.write("test") as con:
        con.execute(
            "INSERT INTO clinical.device (device_id, source, batch_no) VALUES (7, 'test', 1)"
        )
        con.execute("DELETE FROM ops.schema_version")
        raise RuntimeError
    with either.read() as con:
        assert con.execute("FROM ops.schema_version").fetchall() == [(schema.VERSION,)]
    assert devices(either) == []


def test_a_reader_sees_one_snapshot_throughout(either):
    with either.read() as con:
        before = con.execute("SELECT count(*) FROM clinical.device").fetchone()
        add(either, 7)
        assert con.execute("SELECT count(*) FROM clinical.device").fetchone() == before


def test_an_old_snapshot_can_be_read(either):
    snapshot = either.snapshot()
    add(either, 7)
    assert devices(either, snapshot) == []


def test_every_commit_is_a_new_snapshot(either):
    before = either.snapshot()
    add(either, 7)
    assert either.snapshot() == before + 1


def test_creating_it_again_changes_nothing(either):
    add(either, 7)
    assert devices(Lake.create(either.settings)) == [7]


def _write_some(settings: Settings, first: int) -> None:
    lake = Lake.open(settings)
    for device in range(first, first + 5):
        add(lake, device)


def test_writers_in_many_processes_take_turns(either):
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_write_some, args=(either.settings, 10 * n)) for n in (1, 2, 3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    expected = [10 * n + k for n in (1, 2, 3) for k in range(5)]
    assert devices(either) == expected


HOLD = """
import sys, time
from pathlib import Path
from warehouse import Lake, Settings
lake = Lake.open(Settings(var=Path(sys.argv[1]), catalog=sys.argv[2]))
with lake.write("a long repair") as con:
    con.execute("INSERT INTO clinical.device (device_id, source, batch_no) VALUES (99, 'test', 1)")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(either):
    command = [
        sys.executable,
        "-c",
        HOLD,
        str(either.settings.var),
        either.settings.catalog,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_waiting_for_the_lock_ends_and_names_its_holder(either, holder):
    impatient = Lake.open(either.settings.model_copy(update={"lock_timeout": 0.2}))
    os.kill(holder.pid, signal.SIGSTOP)
    with pytest.raises(StoreUnavailable, match=f"{holder.pid}.*a long repair"):
        add(impatient, 7)


def test_a_killed_writer_leaves_nothing_and_frees_the_lock(either, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    add(either, 7)
    assert devices(either) == [7]


def test_a_lake_that_is_not_there_says_what_to_run(settings):
    Lake.create(settings)
    with pytest.raises(NotSetUp, match="wardtwin init"):
        Lake.open(settings.model_copy(update={"catalog": "sqlite:/nowhere/catalog.sqlite"}))


def test_a_postgres_that_does_not_answer_is_named(lake):
    absent = lake.settings.model_copy(update={"catalog": "postgresql://nobody@127.0.0.1:1/none"})
    with pytest.raises(StoreUnavailable, match="WARDTWIN_CATALOG"):
        Lake.open(absent)


def test_a_lake_of_another_schema_version_is_refused(lake):
    with lake.write("test") as con:
        con.execute("UPDATE ops.schema_version SET version = version + 1")
    with pytest.raises(NotSetUp, match="rebuild --from-archive"):
        Lake.open(lake.settings)


def test_data_files_are_encrypted(lake):
    with lake.write("test") as con:
        con.execute(
            "INSERT INTO clinical.device (device_id, source, batch_no) "
            "VALUES (1, 'a distinctive source name', 1)"
        )
    files = [path for path in Path(lake.settings.data_path).rglob("*.parquet")]
    assert files
    assert not any(b"distinctive" in path.read_bytes() for path in files)


def test_catalog_and_key_are_for_the_owner_only(lake):
    catalog = Path(lake.settings.catalog_uri.removeprefix("sqlite:"))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (catalog, lake.settings.keys)]
    assert modes == [0o600, 0o600]


@pytest.mark.parametrize("name", schema.SCHEMAS)
def test_every_table_says_its_grain_first(name):
    for path in sorted((schema.HERE / name).glob("*.sql")):
        first = path.read_text().splitlines()[0]
        assert first.startswith("-- One row"), path.name


def test_every_query_says_its_grain_first():
    for path in sorted((schema.HERE.parent / "sql").glob("*.sql")):
        assert path.read_text().startswith("-- "), path.name


def test_an_id_of_63_bits_beside_a_missing_one_stays_exact():
    found = frame(scratch(), "SELECT unnest([9223372036854775807, NULL]) AS id")
    assert found["id"][0] == 9223372036854775807
    assert found["id"].isna()[1]


def test_only_signed_extensions_are_loaded_and_none_is_downloaded(tmp_path):
    """In a process of its own, with the settings that these tests do not have."""
    program = (
        "from warehouse.lake import scratch; con = scratch(); print([con.execute("
        '"SELECT value FROM duckdb_settings() WHERE name = ?", [name]).fetchone()[0] for name in '
        "('allow_unsigned_extensions', 'autoinstall_known_extensions')])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.strip() == "['false', 'false']", told.stderr
