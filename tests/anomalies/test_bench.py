"""The bench says what it injected into whom, and how much of it was found."""

import pytest

from jobs.anomalies import bench


@pytest.fixture(scope="module")
def lines():
    return list(bench.run(12))


def test_every_line_says_that_its_patients_are_synthetic(lines):
    assert all(line["synthetic"] and line["patients"] == 12 for line in lines)


def test_every_kind_of_anomaly_has_its_recall_beside_what_steady_patients_give(lines):
    untouched, *injected = lines
    assert untouched["flagged"] <= 1 / 12
    kinds = len(bench.SPIKES) * len(bench.SIZES) + 1
    assert [0 <= line["recall"] <= 1 for line in injected] == [True] * kinds


def test_no_detector_finds_more_than_all_together(lines):
    for line in lines[1:]:
        alone = [line[f"recall_{name}"] for name in ("own_baseline", "forest", "svm")]
        assert max(alone) <= line["recall"]
