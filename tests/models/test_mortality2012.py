import numpy as np
import pytest

from jobs.models import mortality2012


def patients(seed, number=400):
    random = np.random.default_rng(seed)
    risk = np.round(random.beta(1, 6, number), 3)
    return (random.random(number) < risk).astype(int), risk


def lemeshow(label, risk) -> float:
    """The official script, decile by decile."""
    rows = sorted(zip(risk, label, strict=True), key=lambda row: row[0])
    size, total, means = len(rows) // 10, 0.0, []
    for decile in range(10):
        own = rows[decile * size : (decile + 1) * size]
        mean = sum(risk for risk, _ in own) / size
        observed = sum(label for _, label in own)
        total += (observed - size * mean) ** 2 / (size * mean * (1 - mean) + 0.001)
        means.append(mean)
    return total / (means[9] - means[0])


@pytest.mark.parametrize(
    "label, alarm, event1",
    [
        ([1, 1, 0, 0], [1, 1, 0, 0], 1.0),
        ([1, 1, 1, 1, 0], [1, 0, 0, 0, 0], 0.25),
        ([1, 0, 0, 0, 0], [1, 1, 1, 1, 0], 0.25),
        ([1, 1, 0, 0], [0, 0, 0, 0], 0.0),
        ([0, 0], [1, 0], None),
    ],
)
def test_event_1_is_the_smaller_of_sensitivity_and_ppv(label, alarm, event1):
    assert mortality2012.event1(np.array(label), np.array(alarm)) == event1


@pytest.mark.parametrize("seed", range(5))
def test_the_best_threshold_is_that_of_trying_every_one(seed):
    label, risk = patients(seed)
    tried = {low: mortality2012.event1(label, risk >= low) for low in np.unique(risk)}
    best = max(tried.values())
    expected = max(low for low, found in tried.items() if found == best)
    assert mortality2012.best_threshold(label, risk) == expected


@pytest.mark.parametrize("number", [400, 407])
def test_event_2_is_that_of_the_official_script(number):
    label, risk = patients(1, number)
    assert mortality2012.event2(label, risk) == pytest.approx(lemeshow(label, risk))


def test_event_2_by_hand():
    """Ten patients, one per bin; only the last bin's death is not foreseen."""
    risk = np.r_[np.zeros(9), 0.5]
    label = np.r_[np.zeros(9), 1]
    assert mortality2012.event2(label, risk) == pytest.approx(0.25 / 0.251 / 0.5)


def test_event_2_needs_ten_patients_and_risks_that_differ():
    assert mortality2012.event2(np.zeros(9), np.linspace(0, 1, 9)) is None
    assert mortality2012.event2(np.zeros(20), np.full(20, 0.5)) is None


def test_the_interval_is_about_the_figure():
    label, risk = patients(2, 2000)
    low, high = mortality2012.event1_interval(label, risk > 0.2)
    assert low < mortality2012.event1(label, risk > 0.2) < high
    assert high - low < 0.2
    assert mortality2012.event1_interval(np.zeros(20), np.ones(20)) is None


def test_blanks_impossible_risks_and_no_death_are_refused():
    with pytest.raises(ValueError, match="alarm is neither 0 nor 1"):
        mortality2012.event1(np.array([0, 1]), np.array([0, np.nan]))
    with pytest.raises(ValueError, match="risk is not a number"):
        mortality2012.event2(np.array([0, 1]), np.array([0, np.nan]))
    with pytest.raises(ValueError, match="between 0 and 1"):
        mortality2012.event2(np.array([0, 1]), np.array([0.1, 1.1]))
    with pytest.raises(ValueError, match="nobody died"):
        mortality2012.best_threshold(np.zeros(3), np.ones(3))
