"""A sign against the patient's own usual."""

import numpy as np
import pandas as pd
import pytest

from jobs.anomalies import robust
from jobs.anomalies.signs import SIGNS
from jobs.anomalies.state import state

INSTANT = pd.Timestamp("2026-03-04", tz="UTC")


def twins(column, at, **last):
    """Twins at these times, each sign measured then; a sign that is not named is missing."""
    frame = pd.DataFrame({"patient_id": 1, column: pd.DatetimeIndex(at)})
    for sign in SIGNS:
        frame[f"{sign}_last"] = last.get(sign, np.nan)
        frame[f"{sign}_change"] = 0.0
        frame[f"{sign}_time"] = frame[column] if sign in last else pd.NaT
        frame[f"{sign}_time"] = pd.to_datetime(frame[f"{sign}_time"], utc=True)
    return frame


SIX_BEFORE = INSTANT - pd.Timedelta("6h")


def history(values, end=SIX_BEFORE):
    return twins("hour", pd.date_range(end=end, periods=len(values), freq="h"), heart_rate=values)


def z(value, hours):
    now = twins("time", [INSTANT], heart_rate=value)
    own = robust.baselines(now, hours)
    return robust.z(state(now, "time"), own)["heart_rate"].item()


ALTERNATING = np.tile([78.0, 82.0], 10)


def test_it_is_the_distance_from_the_own_median_in_robust_deviations():
    assert z(110, history(ALTERNATING)) == pytest.approx((110 - 80) / (1.4826 * 2))


def test_a_constant_history_gives_no_infinity():
    assert z(83, history(np.full(20, 80.0))) == pytest.approx(3 / 1.4826)
    assert z(80, history(np.full(20, 80.0))) == 0


@pytest.mark.parametrize(("count", "is_told"), [(0, False), (1, False), (7, False), (8, True)])
def test_too_few_hours_are_no_baseline(count, is_told):
    assert np.isfinite(z(110, history(np.full(count, 80.0)))) == is_told


def test_the_last_hours_are_not_their_own_baseline():
    falling = history(np.full(6, 200.0), end=INSTANT)
    assert z(110, pd.concat([history(ALTERNATING), falling])) == z(110, history(ALTERNATING))


@pytest.mark.parametrize("end", [INSTANT + pd.Timedelta("20h"), INSTANT - pd.Timedelta("72h")])
def test_nothing_later_than_the_instant_counts_and_nothing_long_ago(end):
    away = history(np.full(13, 200.0), end=end)
    assert z(110, pd.concat([away, history(ALTERNATING)])) == z(110, history(ALTERNATING))


def test_an_hour_in_which_nothing_was_measured_does_not_count():
    carried = history(np.full(20, 80.0))
    carried["heart_rate_time"] = carried["hour"].iloc[0]
    assert np.isnan(z(110, carried))


def test_a_value_that_is_too_old_is_far_from_nothing():
    now = twins("time", [INSTANT], heart_rate=110.0)
    now["heart_rate_time"] = INSTANT - pd.Timedelta("12h")
    own = robust.baselines(now, history(ALTERNATING))
    assert robust.z(state(now, "time"), own)["heart_rate"].isna().all()


def test_another_patient_has_another_usual():
    other = history(np.tile([118.0, 122.0], 10)).assign(patient_id=2)
    now = twins("time", [INSTANT, INSTANT], heart_rate=120.0).assign(patient_id=[2, 1])
    own = robust.baselines(now, pd.concat([history(ALTERNATING), other]))
    assert own["heart_rate_median"].tolist() == [120, 80]
