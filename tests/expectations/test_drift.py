"""Drift is found where it was put, and nowhere else."""

import numpy as np
import pandas as pd
import pytest

from expectations import drift
from expectations.limits import limits

ALPHA, PSI = limits()["ks_alpha"], limits()["psi"]


def counts(values) -> np.ndarray:
    """Over bins of one per cent from 1 to 20000."""
    bins = np.floor(100 * np.log(values)).astype(int)
    return np.bincount(bins, minlength=1000)


def patient_days(rng, days: int, spread: float = 0.1, shift: float = 1.0) -> np.ndarray:
    """Eight patients a day, each staying three days and differing from others more than in time."""
    patients = rng.normal(0, spread, 8 * days // 3 + 1).repeat(3)[: 8 * days]
    return 100 * shift * np.exp(patients + rng.normal(0, spread / 3, 8 * days))


def test_equal_counts_are_no_distance_apart():
    same = np.array([3, 5, 2])
    assert drift.ks(same, 2 * same) == pytest.approx(0)
    assert drift.psi(1000 * same, 2000 * same) == pytest.approx(0, abs=1e-3)


def test_counts_that_do_not_meet_are_as_far_apart_as_can_be():
    assert drift.ks(np.array([4, 0]), np.array([0, 9])) == 1


def test_the_psi_of_a_known_table():
    """Ten equal parts, one of which doubles at the cost of another: 2 x 0.05..., by hand."""
    reference, recent = np.full(10, 1e6), np.full(10, 1e6)
    recent[0], recent[9] = 1.5e6, 0.5e6
    by_hand = 0.05 * np.log(1.5) - 0.05 * np.log(0.5)
    assert drift.psi(reference, recent) == pytest.approx(by_hand, rel=1e-4)


def test_one_hundred_runs_without_a_change_give_no_finding():
    found = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        reference, recent = counts(patient_days(rng, 10)), counts(patient_days(rng, 5))
        found += drift.is_shift(reference, recent, ALPHA, PSI)
    assert found == 0


@pytest.mark.parametrize("shift", [0.7, 1.4, 18.0])
def test_a_shift_is_found_in_every_run(shift):
    for seed in range(30):
        rng = np.random.default_rng(seed)
        reference = counts(patient_days(rng, 10))
        recent = counts(patient_days(rng, 5, shift=shift))
        assert drift.is_shift(reference, recent, ALPHA, PSI), seed


@pytest.mark.parametrize("day", [3, 10, 25])
def test_the_day_of_the_change_is_named(day):
    rng = np.random.default_rng(day)
    rows = [counts(patient_days(rng, 1, shift=1.4 if d >= day else 1)) for d in range(30)]
    assert abs(drift.change_point(np.array(rows)) - day) <= 1


def test_days_without_rows_are_no_change():
    rows = np.zeros((4, 3), dtype=int)
    rows[0], rows[3] = [5, 0, 0], [0, 0, 5]
    assert drift.change_point(rows) in (1, 2, 3)


def test_rows_of_the_signal_become_a_table_of_days_and_bins():
    cells = pd.DataFrame(
        {"day": ["a", "a", "b"], "bins": [[1, 2], [2], []], "counts": [[1, 1], [4], []]}
    )
    table = drift.by_day(cells)
    assert table.loc["a"].to_dict() == {1: 1, 2: 5}


def test_the_centre_is_the_bin_of_the_median():
    assert drift.centre(np.array([1, 0, 3]), np.array([10, 20, 30])) == 30
