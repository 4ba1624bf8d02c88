"""The demo's history: big enough to learn from, small enough to wait for."""

import time
from datetime import UTC, datetime

import pytest

from jobs.simulate import hospital

pytestmark = pytest.mark.slow


def test_five_days_of_300_patients_are_written_in_well_under_20_seconds(tmp_path):
    """In seconds of the processor, so that a busy machine does not matter."""
    until = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    began = time.process_time()
    counts = hospital.write_history(tmp_path, seed=1, patients=300, days=5, until=until)
    assert time.process_time() - began < 15
    assert 200_000 < sum(counts.values()) < 400_000
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.*")) < 10e6
