"""States few patients are ever in, and the signs that make them so."""

import numpy as np
import pandas as pd
import pytest

from jobs.anomalies import bench, outliers
from jobs.anomalies.judge import judged
from jobs.anomalies.signs import SIGNS
from jobs.anomalies.state import state


def concepts(told):
    return {sign["concept"] for sign in told}


@pytest.mark.parametrize("sign", bench.SPIKES)
def test_a_spike_in_one_sign_is_found_and_named(now, hours, detectors, sign):
    spiked = bench.injected(now, {sign: now[f"{sign}_last"] + bench.SPIKES[sign]})
    found = judged(spiked, hours, detectors)
    assert found["is_flagged"].mean() > 0.95
    assert np.mean([concepts(told) == {sign} for told in found["signs"]]) > 0.9


def test_two_usual_pressures_that_are_unusual_together_are_found_and_named(now, hours, detectors):
    found = judged(bench.injected(now, bench.TOGETHER), hours, detectors)
    assert found["is_flagged"].mean() > 0.9
    assert np.mean([concepts(told) <= set(bench.TOGETHER) for told in found["signs"]]) > 0.9


def test_each_of_the_two_pressures_alone_is_usual(hours):
    for sign, value in bench.TOGETHER.items():
        rank = (hours[f"{sign}_last"] < value).mean()
        assert 0.01 < rank < 0.99


def test_steady_patients_are_seldom_flagged(now, hours, detectors):
    assert judged(now, hours, detectors)["is_flagged"].mean() <= 0.05


def test_a_patient_at_the_usual_of_all_is_not_flagged_and_nothing_is_said(now, hours, detectors):
    calm = now.head(1).assign(**detectors.medians)
    (row,) = judged(calm, hours.head(0), detectors).itertuples()
    assert (row.is_flagged, row.signs) == (False, [])
    assert row.forest < 0.5


def test_ranks_lie_within_the_training_hours(detectors, hours):
    ranks = outliers.ranks(detectors, state(hours[::3], "hour"))
    assert ranks.min().min() > 0
    assert (ranks.max() == 1).all()


def test_a_fit_repeated_is_the_same_fit(detectors, hours, now):
    again = outliers.fit(state(hours[::3], "hour"))
    states = state(now, "time")
    pd.testing.assert_frame_equal(outliers.ranks(again, states), outliers.ranks(detectors, states))


def test_neither_the_order_of_patients_nor_chunks_matter(now, hours, detectors):
    odd = bench.injected(now, {"heart_rate": now["heart_rate_last"] + 50})
    whole = judged(odd, hours, detectors)
    turned = judged(odd[::-1], hours.sample(frac=1, random_state=3), detectors)
    pd.testing.assert_frame_equal(turned[::-1], whole)
    halves = [judged(half, hours, detectors) for half in (odd[:9], odd[9:])]
    pd.testing.assert_frame_equal(pd.concat(halves), whole)


def test_too_few_hours_make_no_detectors_and_no_ranks(now, hours):
    assert outliers.fit(state(hours.head(199), "hour")) is None
    found = judged(now, hours, None)
    assert found[["forest", "svm"]].isna().all(axis=None)


def test_without_detectors_the_own_baseline_still_flags(now, hours):
    spiked = bench.injected(now.head(1), {"heart_rate": 190.0})
    (row,) = judged(spiked, hours, None).itertuples()
    assert row.is_flagged
    assert concepts(row.signs) == {"heart_rate"}


def missing(twins, *absent):
    return twins.assign(
        **{f"{sign}_{part}": np.nan for sign in absent for part in ("last", "change")}
    )


def test_a_missing_sign_is_told_and_is_not_odd_by_itself(now, hours, detectors):
    found = judged(missing(now, "temperature"), hours, detectors)
    assert set(found["known"]) == {5}
    assert found["is_flagged"].mean() <= 0.05


def test_too_few_signs_are_not_judged(now, hours, detectors):
    found = judged(missing(now, *SIGNS[:4]), hours, detectors)
    assert set(found["known"]) == {2}
    assert found[["forest", "svm"]].isna().all(axis=None)


def test_a_sign_nobody_measures_stops_no_fit(hours, now):
    found = outliers.fit(state(missing(hours[::9], "temperature"), "hour"))
    assert outliers.ranks(found, state(missing(now, "temperature"), "time")).notna().all(axis=None)


def test_nobody_is_nothing(now, hours, detectors):
    assert judged(now.head(0), hours.head(0), detectors).empty


def test_a_flag_says_the_value_and_the_own_usual(now, hours, detectors):
    spiked = bench.injected(now.head(1), {"heart_rate": 190.0})
    (row,) = judged(spiked, hours, detectors).itertuples()
    (sign,) = row.signs
    assert sign["words"] == f"heart rate 190 /min, own usual {sign['usual']:.0f}"
    assert sign["z"] > 6


def test_without_an_own_usual_a_flag_says_that_of_all(now, hours, detectors):
    spiked = bench.injected(now.head(1), {"heart_rate": 190.0})
    (row,) = judged(spiked, hours.head(0), detectors).itertuples()
    assert row.is_flagged
    of_all = detectors.medians["heart_rate_last"]
    assert row.signs[0]["words"] == f"heart rate 190 /min, median of all {of_all:.0f}"
