"""Slopes with honest intervals, change points, and their words."""

import numpy as np
import pandas as pd
import pytest

from jobs.anomalies import trend

HOURLY = np.arange(-23.0, 1.0)


def values(hours, level=80.0, per_hour=0.0, noise=3.0, seed=1):
    random = np.random.default_rng(seed)
    return level + per_hour * hours + noise * random.normal(size=len(hours))


def readings(hours, value, patient=1, sign="heart_rate"):
    return pd.DataFrame(
        {"patient_id": patient, "concept": sign, "hours": np.asarray(hours, float), "value": value}
    )


def told(frame, patient=1):
    return trend.of_patients(frame).get(patient, [])


@pytest.mark.parametrize("per_hour", [0.0, 0.5, -2.0])
def test_the_interval_holds_the_true_slope_19_times_in_20(per_hour):
    slopes = [
        trend.slope(HOURLY, values(HOURLY, per_hour=per_hour, seed=seed), 1.0)
        for seed in range(1000)
    ]
    share = np.mean([found.low <= per_hour <= found.high for found in slopes])
    assert 0.92 < share < 0.98  # 4 standard errors about 0.95


def wandering(hours, seed, share=0.7):
    """Noise of which each value keeps a share of the one before."""
    random, noise = np.random.default_rng(seed), [0.0]
    for step in random.normal(size=len(hours) + 50):
        noise.append(share * noise[-1] + step)
    return 80 + 3 * np.array(noise[-len(hours) :])


QUARTERS = np.arange(-95, 1) / 4


def test_values_that_wander_seldom_seem_to_rise_or_fall():
    slopes = [trend.slope(QUARTERS, wandering(QUARTERS, seed), 1.0) for seed in range(300)]
    assert np.mean([found.low <= 0 <= found.high for found in slopes]) > 0.85


def test_values_that_wander_seldom_change_their_level():
    found = [trend.change_point(QUARTERS, wandering(QUARTERS, seed), 1.0) for seed in range(300)]
    assert np.mean([change is not None for change in found]) < 0.15


def test_a_slope_is_that_of_the_line_through_the_values():
    found = trend.slope(HOURLY, 80 + 1.5 * HOURLY, 1.0)
    assert found.per_hour == pytest.approx(1.5)
    assert found.low < 1.5 < found.high


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_values_have_no_slope_and_no_change(count):
    assert trend.slope(HOURLY[:count], HOURLY[:count], 1.0) is None
    assert trend.change_point(HOURLY[:count], HOURLY[:count], 1.0) is None


def test_values_of_one_moment_have_no_slope():
    assert trend.slope(np.zeros(6), np.arange(6.0), 1.0) is None
    assert trend.change_point(np.zeros(6), np.arange(6.0), 1.0) is None


def test_constant_values_have_no_trend_and_no_change():
    constant = np.full(24, 80.0)
    found = trend.slope(HOURLY, constant, 1.0)
    assert (found.per_hour, trend.slope_words("heart_rate", found)) == (0, "no trend")
    assert trend.change_point(HOURLY, constant, 1.0) is None


@pytest.mark.parametrize(
    ("sign", "slope", "words"),
    [
        ("heart_rate", (1.2, 0.4, 2.0), "rising 1.2 (0.4 to 2.0) /min per hour"),
        ("systolic_bp", (-3.04, -5, -1), "falling 3.0 (1.0 to 5.0) mmHg per hour"),
        ("temperature", (0.1, 0.05, 0.15), "rising 0.10 (0.05 to 0.15) °C per hour"),
        ("heart_rate", (1.2, -0.1, 2.5), "no trend"),
        ("heart_rate", (0.02, 0.01, 0.03), "no trend"),
    ],
)
def test_a_slope_is_said_with_its_interval_or_not_at_all(sign, slope, words):
    assert trend.slope_words(sign, trend.Slope(*slope, values=24)) == words


def test_no_slope_is_no_trend():
    assert trend.slope_words("heart_rate", None) == "no trend"


@pytest.mark.parametrize("at", [-18, -12, -4])
def test_a_change_of_level_is_found_within_an_hour(at):
    for seed in range(50):
        value = values(HOURLY, seed=seed) + 20 * (at <= HOURLY)
        found = trend.change_point(HOURLY, value, 1.0)
        assert abs(found.hours - at) <= 1
        assert found.before == pytest.approx(80, abs=6)
        assert found.after == pytest.approx(100, abs=6)


def test_steady_values_seldom_have_a_change():
    found = [trend.change_point(HOURLY, values(HOURLY, seed=seed), 1.0) for seed in range(300)]
    assert sum(change is not None for change in found) < 15


def test_a_steady_rise_is_a_slope_and_no_change():
    found = [
        trend.change_point(HOURLY, values(HOURLY, per_hour=2, seed=seed), 1.0)
        for seed in range(100)
    ]
    assert sum(change is not None for change in found) < 15


def test_one_wild_value_is_no_change_of_level():
    value = np.full(24, 80.0)
    value[12] = 160
    assert trend.change_point(HOURLY, value, 1.0) is None


def test_a_sign_is_told_over_6_and_24_hours():
    (found,) = told(readings(HOURLY, values(HOURLY, per_hour=2, noise=0.5)))
    assert found["concept"] == "heart_rate"
    assert set(found["slopes"]) == {"6h", "24h"}
    assert found["slopes"]["6h"]["values"] == 6
    assert found["slopes"]["24h"]["words"].startswith("rising 2.0 (")


def test_a_change_is_told_with_both_levels():
    (found,) = told(readings(HOURLY, 80.0 + 20 * (HOURLY >= -5)))
    assert found["change"]["words"] == "from 80 to 100 /min"
    assert found["change"]["hours"] == -5


def test_a_monitor_that_speaks_every_minute_is_one_witness_a_quarter_of_an_hour():
    minutes = np.arange(-359, 1) / 60
    (found,) = told(readings(minutes, values(minutes)))
    assert found["slopes"]["6h"]["values"] == 25


def test_one_wild_reading_of_a_monitor_does_not_count():
    minutes = np.arange(-359, 1) / 60
    calm = np.full(360, 80.0)
    wild = calm.copy()
    wild[100] = 250
    assert told(readings(minutes, wild)) == told(readings(minutes, calm))


def test_nothing_later_than_the_instant_counts():
    before = readings(HOURLY, values(HOURLY))
    later = readings([0.5, 1.0, 2.0], 300.0)
    assert told(pd.concat([later, before])) == told(before)


def test_nothing_older_than_a_day_counts():
    before = readings(HOURLY, values(HOURLY))
    older = readings([-24.0, -30.0], 300.0)
    assert told(pd.concat([older, before])) == told(before)


def test_neither_the_order_of_rows_nor_other_patients_matter():
    one = readings(HOURLY, values(HOURLY, seed=1))
    two = readings(HOURLY, values(HOURLY, seed=2), sign="spo2")
    other = readings(HOURLY, values(HOURLY, seed=3), patient=2)
    together = pd.concat([other, two, one]).sample(frac=1, random_state=5)
    assert told(together) == told(pd.concat([one, two]))


def test_no_readings_are_no_trends():
    assert trend.of_patients(readings([], 0.0)) == {}
