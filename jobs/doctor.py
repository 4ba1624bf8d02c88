"""What is wrong with a set-up, and what to do about it."""

import shutil
import socket
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jobs.ingest import landing, ledger
from jobs.models import registry
from warehouse import Lake, Settings, vocabulary
from warehouse.errors import ModelUnusable, WardtwinError
from warehouse.lake import describe

PINNED = ("duckdb", "duckdb-extension-ducklake", "apache-airflow", "great-expectations")
ENOUGH_DISK_GB = 2

Finding = tuple[str, bool, str]
"""What was looked at, whether it is well, and what was found or is to be done."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything a run needs, in the order in which it is needed."""
    yield from _packages()
    yield _sources()
    yield _disk(settings.var)
    yield from _lake(settings)
    yield _landing(settings)
    for name, port in (
        ("Airflow", settings.airflow_port),
        ("Dash", settings.dash_port),
    ):
        yield _port(name, port)


def _packages() -> Iterator[Finding]:
    for name in PINNED:
        try:
            yield name, True, version(name)
        except PackageNotFoundError:
            yield (
                name,
                False,
                "is not installed: run `make test-fast`, which sets up .venv",
            )


def _sources() -> Finding:
    try:
        for name in vocabulary.KEYS:
            vocabulary.table(name)
        return "sources", True, ", ".join(vocabulary.sources())
    except WardtwinError as error:
        return "sources", False, str(error)


def _disk(var: Path) -> Finding:
    there = next(path for path in (var.absolute(), *var.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    return "disk", free > ENOUGH_DISK_GB, f"{free:.0f} GB free for {var}"


def _lake(settings: Settings) -> Iterator[Finding]:
    catalog = describe(settings.catalog_uri)
    try:
        lake = Lake.open(settings)
    except WardtwinError as error:
        yield "lake", False, str(error)
        return
    with lake.read() as con:
        batches = con.execute("SELECT count(*) FROM ops.batch").fetchone()[0]
        unreconciled = ledger.unreconciled(con)
    yield "lake", True, f"{catalog}, snapshot {lake.snapshot()}"
    yield (
        "ledger",
        unreconciled == 0,
        f"{batches} batches, {unreconciled} do not reconcile",
    )
    yield _model(settings, lake)


def _model(settings: Settings, lake: Lake) -> Finding:
    try:
        return "model", True, registry.champion(settings.models, lake.keys).manifest.model_id
    except ModelUnusable as error:
        return "model", True, f"none usable, NEWS2 alone is shown: {error}"


def _landing(settings: Settings) -> Finding:
    found, strange = len(landing.pending(settings)), landing.strangers(settings)
    return "landing", strange == 0, f"{found} pending, {strange} that no source matches"


def _port(name: str, port: int) -> Finding:
    with socket.socket() as probe:
        is_taken = probe.connect_ex(("127.0.0.1", port)) == 0
    return (
        f"port {port}",
        True,
        f"{'something answers' if is_taken else 'free'} ({name})",
    )
