import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from jobs.models import ranking
from jobs.models.ranking import Ranked


def rows(seed, number=500):
    random = np.random.default_rng(seed)
    label = (random.random(number) < 0.2).astype(int)
    score = np.round(random.random(number) + 0.3 * label, 1)
    return label, score, np.sort(random.integers(0, 30, number)), random


@pytest.mark.parametrize("seed", range(3))
def test_the_areas_are_those_of_scikit_learn(seed):
    label, score, _, _ = rows(seed)
    expected = roc_auc_score(label, score), average_precision_score(label, score)
    assert ranking.areas(label, score) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_a_patient_drawn_twice_counts_as_if_there_twice(seed):
    label, score, patient, random = rows(seed)
    count = random.integers(0, 3, 30)
    copied = np.repeat(np.arange(len(label)), count[patient])
    found = Ranked(label, score, patient).areas(count)
    assert found == pytest.approx(ranking.areas(label[copied], score[copied]))
    weight = count[patient]
    expected = average_precision_score(label, score, sample_weight=weight)
    assert found[1] == pytest.approx(expected)


def test_the_order_of_rows_changes_nothing():
    label, score, _, random = rows(1)
    order = random.permutation(len(label))
    assert ranking.areas(label[order], score[order]) == ranking.areas(label, score)


@pytest.mark.parametrize("label", [[], [0, 0], [1, 1]])
def test_with_one_class_there_is_none(label):
    assert ranking.areas(np.array(label), np.linspace(0, 1, len(label))) == (None, None)
