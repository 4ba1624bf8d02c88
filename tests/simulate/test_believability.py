"""As hard to foresee as real wards are (clinical definitions, outcomes and benchmarks)."""

from datetime import UTC, datetime

import numpy as np
import pytest

from jobs.simulate import believability, world
from tests.simulate.conftest import SMALL


@pytest.fixture(scope="module")
def hours():
    return believability.patient_hours(world.build(**SMALL))


def test_hours_at_risk_end_with_deterioration_or_the_stay(hours):
    assert (hours["hours_in"] >= 1).all()
    assert hours["label"].isin([0, 1]).all()
    assert 0 < hours["label"].mean() < 0.2


def test_only_what_was_known_is_used(small, hours):
    """The first hour of a stay knows at most what was filed by then."""
    first = hours.iloc[0]
    stay = small.stays[int(first["patient"])]
    known = [c for c in stay.course.charts if c.issued <= stay.course.admitted + first["hours_in"]]
    charted = {value for chart in known for value in [chart.values.get("heart_rate")] if value}
    assert np.isnan(first["heart_rate"]) or first["heart_rate"] in charted


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_news2_is_good_but_not_perfect_and_no_model_knows_the_answer(seed):
    until = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    found = believability.figures(world.build(seed, 400, 5, until))
    assert 0.10 < found["deteriorated"] / found["patients"] < 0.20
    assert 0.75 <= found["auroc_news2"] <= 0.90
    assert 0.70 <= found["auroc_model"] <= 0.95
