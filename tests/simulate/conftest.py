"""One small world, written once: 60 patients in two days, six beds in the live ward."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import orjson
import pandas as pd
import pytest

from jobs.simulate import hospital, world

UNTIL = datetime(2026, 3, 1, 10, 7, 30, tzinfo=UTC)
SMALL = {"seed": 7, "patients": 60, "days": 2, "until": UNTIL, "beds": 6}


@pytest.fixture(scope="session")
def small() -> world.Hospital:
    return world.build(**SMALL)


@pytest.fixture(scope="session")
def history(tmp_path_factory) -> SimpleNamespace:
    """The written history: its folder, and the counts that were returned."""
    landing = tmp_path_factory.mktemp("landing")
    return SimpleNamespace(landing=landing, counts=hospital.write_history(landing, **SMALL))


@pytest.fixture(scope="session")
def resources(history) -> dict[str, list[dict]]:
    """FHIR resources by type, in the order of the files."""
    return read_resources(history.landing)


@pytest.fixture(scope="session")
def labs(history) -> pd.DataFrame:
    return read_tables(history.landing / "demo-lab")


@pytest.fixture(scope="session")
def readings(history) -> pd.DataFrame:
    return read_tables(history.landing / "demo-monitor")


def read_resources(landing: Path) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for path in sorted((landing / "demo-ehr").iterdir()):
        for line in _bytes(path).splitlines():
            found.setdefault(path.name.split(".")[0].split("-")[0], []).append(orjson.loads(line))
    return found


def read_tables(folder: Path) -> pd.DataFrame:
    """All rows of all files, every cell as text."""
    return pd.concat([_table(path) for path in sorted(folder.iterdir())], ignore_index=True)


def bytes_below(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _table(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype({"value": str})
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _bytes(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content
