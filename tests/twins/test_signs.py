"""What NEWS2 is told: which values are still valid, and what they mean."""

import numpy as np
import pytest

from tests.twins.conftest import is_missing


@pytest.mark.parametrize("time, is_known", [("21:59", True), ("22:00", False)])
def test_a_sign_counts_while_it_is_younger_than_its_valid_hours(observe, twin, time, is_known):
    observe("heart_rate", 120, "10:00")
    found = twin(time)
    assert is_missing(found["news2_heart_rate"]) != is_known
    assert found["heart_rate_last"] == 120


def test_a_full_set_of_signs_is_scored(observe, twin):
    signs = {"respiratory_rate": 24, "spo2": 93, "systolic_bp": 100, "heart_rate": 111}
    signs |= {"temperature": 39.1, "oxygen": 1, "consciousness": 0}
    for concept, value in signs.items():
        observe(concept, value, "11:00")
    found = twin("12:00")
    assert (found["news2_total"], found["news2_highest"], found["news2_known"]) == (12, 2, 7)


def test_one_saturation_of_84_percent_scores_three(observe, twin):
    observe("spo2", 84, "11:58")
    found = twin("12:00")
    assert (found["news2_spo2"], found["news2_highest"], found["news2_known"]) == (3, 3, 1)


def test_the_score_reads_values_before_they_are_stored_in_single_precision(observe, twin):
    observe("temperature", 36.05, "11:00")
    assert twin("12:00")["news2_temperature"] == 0


OXYGEN = [
    ([("oxygen", 1, "11:00")], 2),
    ([("oxygen", 0, "11:00")], 0),
    ([("oxygen_flow", 2, "11:00")], 2),
    ([("oxygen_flow", 0, "11:00")], 0),
    ([("fio2", 21, "11:00")], 0),
    ([("fio2", 28, "11:00")], 2),
    ([("oxygen", 1, "10:00"), ("oxygen_flow", 0, "11:00")], 0),
    ([("oxygen", 0, "11:00"), ("fio2", 40, "10:00")], 0),
    ([("oxygen", 0, "11:00"), ("oxygen_flow", 4, "11:00")], 2),
    ([("oxygen_flow", 0, "11:00"), ("fio2", 40, "11:00"), ("oxygen", 0, "11:00")], 2),
    ([], np.nan),
]


@pytest.mark.parametrize("said, points", OXYGEN)
def test_oxygen_is_what_was_said_last_and_of_equals_that_it_is_given(observe, twin, said, points):
    for concept, value, time in said:
        observe(concept, value, time)
    np.testing.assert_equal(twin("12:00")["news2_oxygen"], points)


def test_an_old_word_about_oxygen_is_unknown_not_air(observe, twin):
    observe("oxygen", 0, "2026-02-28 12:00")
    assert is_missing(twin("12:00")["news2_oxygen"])


CONSCIOUSNESS = [
    ([("consciousness", 0, "11:00")], 0),
    ([("consciousness", 2, "11:00")], 3),
    ([("gcs", 15, "11:00")], 0),
    ([("gcs", 14, "11:00")], 3),
    ([("gcs", 3, "11:00")], 3),
    ([("gcs_eye", 4, "11:00"), ("gcs_verbal", 5, "11:00"), ("gcs_motor", 6, "11:00")], 0),
    ([("gcs_eye", 3, "11:00"), ("gcs_verbal", 5, "11:00"), ("gcs_motor", 6, "11:00")], 3),
    ([("gcs_eye", 4, "11:00"), ("gcs_verbal", 5, "11:00")], np.nan),
    ([("consciousness", 1, "10:00"), ("gcs", 15, "11:00")], 0),
    ([("consciousness", 1, "11:00"), ("gcs", 15, "10:00")], 3),
    ([("consciousness", 0, "11:00"), ("gcs", 9, "11:00")], 0),
    ([], np.nan),
]


@pytest.mark.parametrize("said, points", CONSCIOUSNESS)
def test_consciousness_is_the_newest_of_acvpu_and_coma_scale(observe, twin, said, points):
    for concept, value, time in said:
        observe(concept, value, time)
    np.testing.assert_equal(twin("12:00")["news2_consciousness"], points)


def test_the_parts_of_the_coma_scale_count_only_while_all_are_valid(observe, twin):
    observe("gcs_eye", 4, "2026-02-28 22:00")
    observe("gcs_verbal", 5, "11:00")
    observe("gcs_motor", 6, "11:00")
    assert is_missing(twin("12:00")["news2_consciousness"])


def test_the_newest_scale_counts(observe, twin):
    observe("spo2_scale", 2, "08:00")
    observe("spo2_scale", 1, "09:00")
    assert twin("08:30")["news2_scale"] == 2
    assert twin("12:00")["news2_scale"] == 1
