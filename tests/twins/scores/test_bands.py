"""The charts themselves: tables that people edit."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from jobs.twins.scores import bands
from warehouse import vocabulary

CHARTS = ["news2", "mews", "qsofa", "sirs", "sofa", "sepsis3", "kdigo"]
LIMITS = {"Index", "parameter", "low", "above", "high", "below", "points"}


@pytest.mark.parametrize("chart", CHARTS)
def test_no_value_lies_in_two_bands(chart):
    for parameter in vocabulary.table(chart)["parameter"].unique():
        for one, other in combinations(bands._bands(chart, parameter), 2):
            if _may_hold_together(one, other):
                assert max(one.low, other.low) > min(one.high, other.high), parameter


def _may_hold_together(one, other) -> bool:
    conditions = set(one._fields) - LIMITS
    pairs = [(getattr(one, name), getattr(other, name)) for name in conditions]
    return all(pd.isna(a) or pd.isna(b) or a == b for a, b in pairs)


@pytest.mark.parametrize("chart", CHARTS)
def test_every_band_holds_a_value(chart):
    for parameter in vocabulary.table(chart)["parameter"].unique():
        assert all(band.low <= band.high for band in bands._bands(chart, parameter))


LIMITS_AT_2 = [("above", 0), ("low", 1), ("below", 0), ("high", 1)]


@pytest.fixture
def chart(monkeypatch):
    """A chart of one band, in the place of all."""

    def make(**band):
        table = vocabulary.table("sofa").iloc[:1].assign(parameter="x", points="5")
        limits = {name: band.get(name, "") for name in bands.OPEN}
        monkeypatch.setattr(vocabulary, "table", lambda name: table.assign(**limits))
        bands._bands.cache_clear()

    yield make
    bands._bands.cache_clear()


@pytest.mark.parametrize("limit, is_in", LIMITS_AT_2)
def test_low_and_high_belong_to_a_band_and_above_and_below_do_not(chart, limit, is_in):
    chart(**{limit: "2"})
    found = bands.points("any", "x", np.array([2.0]))
    assert np.isnan(found).item() != bool(is_in)


@pytest.mark.parametrize("limit", bands.OPEN)
def test_noise_beyond_the_sixth_decimal_does_not_count(chart, limit):
    chart(**{limit: "2"})
    near = bands.points("any", "x", np.array([2.0, 2 + 1e-9, 2 - 1e-9]))
    assert np.isnan(near).all() or (near == 5).all()


def test_a_band_without_limits_holds_all_that_is_known(chart):
    chart()
    found = bands.points("any", "x", np.array([-1e9, 0.0, 1e9, np.nan]))
    np.testing.assert_equal(found, [5, 5, 5, np.nan])
