"""Physiology worked out from several signs; vectors by hand."""

import pytest

from tests.twins.conftest import is_missing


@pytest.fixture
def signs(observe):
    """Observe several signs at one time."""

    def add(time="10:00", **values):
        for concept, value in values.items():
            observe(concept, value, time)

    return add


def test_a_pair_of_pressures_gives_mean_and_pulse_pressure(signs, twin):
    signs(systolic_bp=120, diastolic_bp=75)
    found = twin("11:00")
    assert (found["map"], found["pulse_pressure"]) == (90, 45)


def test_a_measured_mean_counts_until_a_newer_pair_comes(signs, twin):
    signs("10:00", systolic_bp=120, diastolic_bp=75, mean_bp=88)
    signs("10:30", systolic_bp=90, diastolic_bp=60)
    assert twin("10:10", "10:40")["map"].tolist() == [88, 70]


def test_pressures_of_different_times_are_no_pair(signs, twin):
    signs("10:00", systolic_bp=120)
    signs("10:01", diastolic_bp=75)
    found = twin("11:00")
    assert is_missing(found["pulse_pressure"]) and is_missing(found["map"])


@pytest.mark.parametrize("minutes, expected", [("00", 1.2), ("59", 1.2)])
def test_the_shock_index_is_heart_rate_over_systolic_pressure(signs, twin, minutes, expected):
    signs("10:00", systolic_bp=100)
    signs(f"10:{minutes}", heart_rate=120)
    assert twin("11:00")["shock_index"] == pytest.approx(expected)


def test_signs_more_than_an_hour_apart_give_no_shock_index(signs, twin):
    signs("10:00", systolic_bp=100)
    signs("11:01", heart_rate=120)
    assert is_missing(twin("11:30")["shock_index"])


def test_oxygenation_is_pressure_over_inspired_fraction(signs, twin):
    signs(pao2=80, fio2=40)
    assert twin("11:00")["pf_ratio"] == pytest.approx(200)


def test_on_air_the_fraction_is_that_of_the_room(signs, twin):
    signs(pao2=84, oxygen=0)
    assert twin("11:00")["pf_ratio"] == pytest.approx(400)


def test_unknown_oxygen_is_not_air(signs, twin):
    signs(pao2=84, spo2=92, respiratory_rate=20)
    found = twin("11:00")
    assert is_missing(found["pf_ratio"]) and is_missing(found["rox_index"])


def test_oxygen_without_its_fraction_tells_no_ratio(signs, twin):
    signs(spo2=92, respiratory_rate=20, oxygen=1)
    assert is_missing(twin("11:00")["rox_index"])


def test_the_rox_index_of_its_paper(signs, twin):
    """SpO2 92 %, FiO2 0.5, 23 breaths a minute: 8.0."""
    signs(spo2=92, fio2=50, respiratory_rate=23)
    assert twin("11:00")["rox_index"] == pytest.approx(8.0)


def test_no_breaths_give_no_ratio(signs, twin):
    signs(spo2=92, fio2=50, respiratory_rate=0)
    assert is_missing(twin("11:00")["rox_index"])


def test_what_is_no_longer_valid_gives_nothing(signs, twin):
    signs("2026-03-01 10:00", systolic_bp=120, diastolic_bp=75)
    assert is_missing(twin("2026-03-01 22:30")["pulse_pressure"])
