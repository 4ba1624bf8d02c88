"""The bench measures a true rebuild, however small."""

import pandas as pd
import pytest

from jobs.twins.bench import micro, rebuild, run


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(micro, "PATIENTS", 5)
    monkeypatch.setattr(micro, "ROUNDS", 2)


def test_the_bench_tells_what_it_rebuilt(tmp_path, capsys):
    found = rebuild.measure(4, 1, tmp_path / "readings.parquet")
    assert found["patients"] == 4
    assert found["hours"] == 4 * 27
    assert 900 < found["rows"] < 4 * (12 * 24 + 2 * 6)
    assert min(found["seconds"], found["floor_seconds"], found["pool_seconds"]) > 0
    assert "making up 4 patients" in capsys.readouterr().err
    readings = pd.read_parquet(tmp_path / "readings.parquet")
    assert set(readings["patient"]) == {0, 1, 2, 3}
    assert len(readings) < found["rows"]


def test_a_micro_batch_is_told_in_its_parts(few):
    found = micro.measure(days=1)
    assert found["rows"] > 5 * 12 * 20
    assert min(found["append_ms"], found["twins_ms"], found["alerts_ms"]) > 0
    assert found["whole_ms"] > found["append_ms"] + found["twins_ms"]
    assert found["ratio"] > 0


@pytest.mark.slow
def test_every_question_has_a_line(few):
    lines = list(run.run(patients=10, days=1, history_days=1))
    assert [line["what"] for line in lines[1:4]] == ["full rebuild"] * 3
    assert all("ratio" in line for line in lines[1:7])
    assert lines[0]["hours"] == 270
