"""Records of all kinds in a lake that is never committed; times as in tests/twins/conftest.py."""

from itertools import count

import pyarrow as pa
import pyarrow.parquet
import pytest

from jobs.export import meds
from tests.twins.conftest import PATIENT, admit, at, identity, observe, register
from warehouse.lake import insert

__all__ = ["admit", "identity", "observe", "register"]

TIMES = ("start_time", "end_time", "time", "arrived", "death_time")


@pytest.fixture
def record(con):
    """Add one row to a clinical table; what a test does not name is ordinary."""
    numbers = count(1)

    def add(table, arrived="00:00", **given):
        row = {"patient_id": PATIENT, "arrived": arrived, "batch_no": 1} | given
        row.setdefault(f"{table}_id", next(numbers))
        typed = {name: at(value) if name in TIMES else value for name, value in row.items()}
        columns = {name: pa.array([value]) for name, value in typed.items()}
        insert(con, f"clinical.{table}", pa.table(columns))

    return add


@pytest.fixture
def exported(con, tmp_path):
    """The events of the lake, as an export holds them: (time as HH:MM, code, number, text)."""
    numbers = count(1)

    def export(as_of=None, patient=PATIENT):
        folder = tmp_path / f"meds-{next(numbers)}"
        meds.write(con, folder, as_of)
        return [event[1:] for event in events(folder) if event[0] == patient]

    return export


def events(folder) -> list[tuple]:
    """Every event of a dataset in the order of its files; times of another day than DAY whole."""
    found = []
    for path in sorted(folder.glob("data/**/*.parquet")):
        for row in pyarrow.parquet.read_table(path).to_pylist():
            subject, time, *rest = row.values()
            found.append((subject, time and f"{time:%H:%M}", *rest))
    return found
