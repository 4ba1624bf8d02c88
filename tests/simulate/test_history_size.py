"""The demo's history: big enough to learn from, small enough to wait for."""

from datetime import UTC, datetime

import pytest

from jobs.simulate import hospital

pytestmark = pytest.mark.slow


def test_five_days_of_300_patients_are_some_300_000_rows_in_less_than_10_mb(tmp_path):
    until = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    counts = hospital.write_history(tmp_path, seed=1, patients=300, days=5, until=until)
    assert 200_000 < sum(counts.values()) < 400_000
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.*")) < 10e6
