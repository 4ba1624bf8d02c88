import numpy as np
import pytest

from jobs.models import reliability, trees


def rows(slope, intercept, number=4000, seed=1):
    """Risks whose true log-odds are the line of theirs."""
    random = np.random.default_rng(seed)
    odds = random.normal(-1, 1.5, number)
    label = (random.random(number) < 1 / (1 + np.exp(-(slope * odds + intercept)))).astype(int)
    return label, odds


def line(label, odds, count=None, start=None):
    patient = np.arange(len(label)) // 10
    count = np.ones(len(label), dtype=np.int64) if count is None else count
    return reliability.line(label, odds, patient, count, start)


@pytest.mark.parametrize("slope, intercept", [(1, 0), (0.4, 0.5), (2.5, -1), (-0.5, 0)])
def test_the_line_is_that_of_scikit_learn(slope, intercept):
    label, odds = rows(slope, intercept)
    assert line(label, odds) == pytest.approx(trees.platt(odds, label), abs=1e-3)
    assert line(label, odds) == pytest.approx((slope, intercept), abs=0.25)


def test_it_does_not_depend_on_where_it_starts():
    label, odds = rows(0.5, 1)
    assert line(label, odds, start=(1.5, -1.0)) == pytest.approx(line(label, odds))


def test_a_patient_drawn_twice_counts_as_if_there_twice():
    label, odds = rows(1, 0, 400)
    count = np.random.default_rng(1).integers(0, 3, 40)
    copied = np.repeat(np.arange(400), np.repeat(count, 10))
    assert line(label, odds, count) == pytest.approx(line(label[copied], odds[copied]))


@pytest.mark.parametrize(
    "label, odds",
    [
        ([0, 0, 0], [0, 1, 2]),
        ([1, 1, 1], [0, 1, 2]),
        ([0, 1, 0], [2, 2, 2]),
        ([0, 0, 1, 1], [-2, -1, 1, 2]),
        ([], []),
    ],
)
def test_without_a_line_there_is_none(label, odds):
    assert line(np.array(label), np.array(odds, dtype=float)) is None


def test_a_risk_of_0_or_1_has_log_odds_all_the_same():
    assert np.isfinite(reliability.log_odds(np.array([0.0, 1.0]))).all()
    assert reliability.log_odds(np.array([0.5]))[0] == 0


def test_the_curve_tells_what_was_foretold_and_what_came():
    risk = np.repeat(np.arange(10) / 10, 10)
    label = np.tile(np.arange(10), 10) < np.repeat(np.arange(10), 10)
    curve = reliability.curve(label, risk)
    assert [told["rows"] for told in curve] == [10] * 10
    assert [told["risk"] for told in curve] == pytest.approx(list(np.arange(10) / 10))
    assert [told["observed"] for told in curve] == pytest.approx(list(np.arange(10) / 10))


def test_equal_risks_share_a_bin_and_every_row_is_in_one():
    risk = np.r_[np.zeros(95), np.linspace(0.1, 0.5, 5)]
    curve = reliability.curve(np.ones(100), risk)
    assert curve[0]["rows"] == 95
    assert sum(told["rows"] for told in curve) == 100
    assert reliability.curve(np.array([]), np.array([])) == []
