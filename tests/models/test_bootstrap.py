import numpy as np
import pytest

from jobs.models import bootstrap


def test_every_draw_is_of_as_many_patients_and_the_same_each_time():
    first, again = (np.array(list(bootstrap.draws(50, resamples=20))) for _ in range(2))
    assert first.shape == (20, 50)
    assert (first.sum(axis=1) == 50).all()
    assert (first == again).all()
    assert not (first == np.array(list(bootstrap.draws(50, 20, seed=2)))).all()


def test_the_interval_of_a_mean_is_that_of_theory():
    values = np.random.default_rng(1).normal(5, 2, 400)
    means = [count @ values / 400 for count in bootstrap.draws(400, resamples=2000)]
    half = 1.96 * values.std() / 20
    expected = values.mean() - half, values.mean() + half
    assert bootstrap.interval(means) == pytest.approx(expected, abs=0.02)


def test_a_figure_that_is_missing_in_half_of_the_resamples_has_no_interval():
    assert bootstrap.interval([1.0, None]) is None
    assert bootstrap.interval([1.0, 1.0, None]) == (1.0, 1.0)
    assert bootstrap.interval([]) is None
