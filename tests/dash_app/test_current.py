from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from dash_app import current
from tests.dash_app.records import NOW, ago, patients, seen


def test_nothing_is_taken_away_from_a_fresh_twin():
    stored = patients({"spo2": 84.0, "respiratory_rate": 28.0})
    shown = current.as_seen(stored, NOW)
    assert shown["news2_total"].tolist() == stored["news2_total"].tolist() == [6.0]
    assert shown["news2_known"].tolist() == [7.0]


def test_a_sign_counts_until_it_is_as_old_as_it_may_be():
    assert seen(heart_rate=120.0, ages={"heart_rate": timedelta(hours=11)}).news2_total == 2
    late = seen(heart_rate=120.0, ages={"heart_rate": timedelta(hours=12)})
    assert (late.news2_total, late.news2_known) == (0, 6)
    assert np.isnan(late.news2_heart_rate)


def test_a_twin_that_has_grown_old_has_no_current_score():
    old = seen(time=ago(hours=13), spo2=84.0, risk=0.6)
    assert old.level == "unknown"
    assert np.isnan(old.risk)
    assert old.news2_known == 1  # whether oxygen is given counts for 24 h


def test_a_patient_without_any_data_has_no_current_score():
    nothing = {name: None for name in ("respiratory_rate", "spo2", "oxygen", "systolic_bp")}
    nothing |= {name: None for name in ("heart_rate", "consciousness", "temperature")}
    assert seen(time=pd.NaT, risk=np.nan, **nothing).level == "unknown"


@pytest.mark.parametrize(
    ("signs", "risk", "level"),
    [
        ({}, 0.03, "routine"),
        ({"spo2": 91.0}, 0.03, "watch"),
        ({"spo2": 91.0, "heart_rate": 115.0}, 0.03, "urgent"),
        ({"spo2": 91.0, "heart_rate": 115.0, "oxygen": 1.0}, 0.03, "emergency"),
        ({}, 0.12, "watch"),
        ({}, 0.30, "urgent"),
        ({}, 0.60, "emergency"),
        ({}, np.nan, "routine"),
        ({"spo2": 91.0}, 0.60, "emergency"),
    ],
)
def test_the_level_is_the_worse_of_score_and_risk(signs, risk, level):
    assert seen(risk=risk, **signs).level == level


def test_an_historical_patient_stands_at_their_own_last_hour():
    once = ago(days=20_000)
    shown = seen(is_live=False, time=once, end_time=once + timedelta(days=1), spo2=84.0)
    assert shown.at == once
    assert shown.news2_total == 3


def test_a_live_patient_who_has_left_stands_at_their_own_last_hour_too():
    assert seen(time=ago(days=3), end_time=ago(days=3)).at == ago(days=3)


def test_consciousness_may_be_told_by_a_glasgow_coma_scale():
    shown = seen(consciousness=None, gcs=13.0, points={"consciousness": 3.0})
    assert shown.news2_consciousness == 3
    assert current.source_of(shown, "consciousness") == "gcs"


def test_the_parts_of_a_coma_scale_are_summed_while_all_three_are_valid():
    parts = {"gcs_eye": 3.0, "gcs_verbal": 4.0, "gcs_motor": 6.0}
    told = {"consciousness": None, "points": {"consciousness": 3.0}, **parts}
    assert seen(**told).gcs_last == 13
    outdated = seen(**told, ages={"gcs_eye": timedelta(hours=12)})
    assert np.isnan(outdated.news2_consciousness)


def test_of_two_sources_the_newest_is_named():
    newer = seen(gcs=15.0, ages={"consciousness": timedelta(hours=2)})
    assert current.source_of(newer, "consciousness") == "gcs"


def test_oxygen_is_told_by_what_gave_its_points():
    flow = {"oxygen": None, "oxygen_flow": 4.0, "fio2": 21.0, "points": {"oxygen": 2.0}}
    assert current.source_of(seen(**flow), "oxygen") == "oxygen_flow"


def test_the_frame_given_is_left_as_it_is():
    stored = patients({"time": ago(hours=13)})
    before = stored.copy()
    current.as_seen(stored, NOW)
    pd.testing.assert_frame_equal(stored, before)


def test_no_patients_are_no_trouble():
    assert current.as_seen(patients(), NOW)["level"].tolist() == []
