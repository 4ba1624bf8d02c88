"""Golden figures of the official scorer (clinical definitions, section 6)."""

import math

import numpy as np
import pytest

from jobs.models import utility

SEPTIC = np.r_[np.zeros(14), np.ones(12)]
"""26 hours; sepsis begins at the 20th."""
WELL = np.zeros(10)
COHORT = np.r_[np.full(26, 7), np.full(10, 3)]


def total(label, alarm) -> float:
    return utility.of_rows(np.zeros(len(label)), np.array(label), np.array(alarm)).sum()


def official(label, alarm) -> float:
    """One patient, hour by hour, in floating point, as the challenge describes it."""
    septic, worth = np.any(label), 0.0
    onset = np.argmax(label) + 6 if septic else math.inf
    for hour, has_alarm in enumerate(alarm):
        since = hour - onset
        if not septic:
            worth += -0.05 if has_alarm else 0
        elif since <= -6:
            worth += max((since + 12) / 6, -0.05) if has_alarm else 0
        elif since <= 3:
            worth += (3 - since) / 9 if has_alarm else -2 * (since + 6) / 9
    return worth


def official_normalised(patient_id, label, alarm) -> float:
    observed = best = none = 0.0
    for patient in dict.fromkeys(patient_id):
        own, ideal = label[patient_id == patient], np.zeros(np.sum(patient_id == patient))
        if own.any():
            onset = np.argmax(own) + 6
            ideal[max(0, onset - 12) : min(onset + 3, len(own) - 1) + 1] = 1
        observed += official(own, alarm[patient_id == patient])
        best += official(own, ideal)
        none += official(own, 0 * ideal)
    return (observed - none) / (best - none)


def some_patients(seed, patients=40):
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 60, patients)
    patient_id = np.repeat(random.permutation(patients), lengths)
    onset = np.where(random.random(patients) < 0.3, random.integers(0, 60, patients), 999)
    hour = np.concatenate([np.arange(length) for length in lengths])
    return patient_id, (hour >= np.repeat(onset, lengths)).astype(int), random


def test_the_golden_patient():
    assert total([0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1]) == pytest.approx(3.388888888888889)


@pytest.mark.parametrize(
    "hour, worth",
    [(-13, -0.05), (-12, 0), (-9, 0.5), (-6, 1), (-3, 0.6667), (0, 0.3333), (3, 0), (4, 0)],
)
def test_an_alarm_is_worth_most_six_hours_before_sepsis(hour, worth):
    rows = utility.of_rows(np.zeros(26), SEPTIC, np.ones(26))
    assert rows[20 + hour] == pytest.approx(worth, abs=5e-5)


@pytest.mark.parametrize("hour, worth", [(-6, 0), (-5, -0.2222), (0, -1.3333), (3, -2), (4, 0)])
def test_silence_costs_more_every_hour_until_it_is_too_late(hour, worth):
    rows = utility.of_rows(np.zeros(26), SEPTIC, np.zeros(26))
    assert rows[20 + hour] == pytest.approx(worth, abs=5e-5)


def test_none_best_always_and_the_well():
    assert total(SEPTIC, np.zeros(26)) == pytest.approx(-10)
    assert total(SEPTIC, np.r_[np.zeros(8), np.ones(18)]) == pytest.approx(7.5)
    assert total(SEPTIC, np.ones(26)) == pytest.approx(7.1)
    assert total(WELL, np.ones(10)) == pytest.approx(-0.5)


def test_the_golden_cohort():
    label = np.r_[SEPTIC, WELL]
    alarm = np.r_[np.zeros(12), np.ones(14), np.zeros(8), 1, 1]
    assert utility.of_rows(COHORT, label, alarm).sum() == pytest.approx(6.4)
    assert utility.normalised(COHORT, label, alarm) == pytest.approx(0.9371428571, abs=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_any_cohort_scores_as_by_the_official_rules(seed):
    patient_id, label, random = some_patients(seed)
    alarm = random.integers(0, 2, len(label))
    found = utility.normalised(patient_id, label, alarm)
    assert found == pytest.approx(official_normalised(patient_id, label, alarm))


def test_a_rows_gain_is_what_its_alarm_adds():
    patient_id, label, _ = some_patients(1)
    alarm, silence = np.ones(len(label)), np.zeros(len(label))
    added = utility.of_rows(patient_id, label, alarm) - utility.of_rows(patient_id, label, silence)
    np.testing.assert_allclose(utility.gain(patient_id, label), added, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_threshold_is_that_of_trying_every_one(seed):
    patient_id, label, random = some_patients(seed)
    risk = np.round(random.random(len(label)) + 0.3 * label, 2)
    tried = {
        threshold: utility.normalised(patient_id, label, risk >= threshold)
        for threshold in [*np.unique(risk), math.inf]
    }
    best = max(tried.values())
    expected = max(threshold for threshold, found in tried.items() if found == best)
    assert utility.best_threshold(patient_id, label, risk) == expected


def test_the_order_of_patients_changes_no_threshold_and_no_interval():
    patient_id, label, random = some_patients(2)
    risk = np.round(random.random(len(label)), 2)
    turned = np.concatenate([np.flatnonzero(patient_id == patient) for patient in range(40)])
    asked = patient_id, label, risk
    threshold = utility.best_threshold(*asked)
    assert utility.best_threshold(*(column[turned] for column in asked)) == threshold
    asked = patient_id, label, risk >= threshold
    assert utility.interval(*(c[turned] for c in asked)) == utility.interval(*asked)


def test_where_alarms_cost_more_than_they_bring_there_is_none():
    patient_id = np.r_[np.zeros(26), np.ones(2000)]
    label = np.r_[SEPTIC, np.zeros(2000)]
    assert utility.best_threshold(patient_id, label, np.zeros(2026)) == math.inf


def test_the_interval_is_about_the_figure_and_a_single_patient_has_none_but_it():
    patient_id, label, random = some_patients(3, patients=200)
    alarm = random.random(len(label)) < 0.2 + 0.5 * label
    low, high = utility.interval(patient_id, label, alarm)
    assert low < utility.normalised(patient_id, label, alarm) < high
    alone = utility.interval(np.zeros(26), SEPTIC, np.ones(26))
    assert alone == pytest.approx([17.1 / 17.5] * 2)


def test_without_sepsis_there_is_no_figure():
    assert utility.normalised(np.zeros(10), WELL, np.ones(10)) is None
    assert utility.interval(np.zeros(10), WELL, np.ones(10)) is None
    assert utility.normalised(np.array([]), np.array([]), np.array([])) is None


@pytest.mark.parametrize("blank", [np.nan, 0.5, 2])
def test_a_blank_alarm_or_label_is_refused(blank):
    odd = np.array([0, blank, 1])
    with pytest.raises(ValueError, match="alarm is neither 0 nor 1 in 1 of 3 rows"):
        utility.normalised(np.zeros(3), np.zeros(3), odd)
    with pytest.raises(ValueError, match="label is neither"):
        utility.gain(np.zeros(3), odd)


def test_a_blank_risk_a_missing_row_and_scattered_rows_are_refused():
    with pytest.raises(ValueError, match="risk is not a number in 1 of 2 rows"):
        utility.best_threshold(np.zeros(2), np.zeros(2), np.array([0.1, np.nan]))
    with pytest.raises(ValueError, match="not one row each"):
        utility.normalised(np.zeros(3), np.zeros(3), np.zeros(2))
    with pytest.raises(ValueError, match="stand together"):
        utility.gain(np.array([1, 2, 1]), np.zeros(3))
