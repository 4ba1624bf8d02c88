from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from jobs.models import trees
from jobs.models.cohort import FOLDS, Cohort


@pytest.fixture(scope="module")
def cohort():
    """60 patients of 20 hours; half deteriorate, the sign tells whom four times in five."""
    random = np.random.default_rng(1)
    patient_id = np.repeat(np.arange(60), 20)
    label = (patient_id % 2).astype(np.int32)
    told = np.where(random.random(len(label)) < 0.8, label, 1 - label)
    matrix = (told + random.normal(0, 0.1, len(label))).astype(np.float32).reshape(-1, 1)
    return Cohort(1, patient_id, label, label.astype(float), matrix, patient_id // 2 % FOLDS)


@pytest.fixture(scope="module")
def fitted(cohort):
    return trees.fit(cohort, ["sign"])


def test_the_risk_is_the_frequency_of_what_followed(fitted):
    """Eight in ten of those who are told to deteriorate do."""
    margin = trees.margins(fitted.booster, np.array([[0.0], [1.0]], dtype=np.float32))
    low, high = trees.risk(margin, fitted.slope, fitted.intercept)
    assert (low, high) == (pytest.approx(0.2, abs=0.05), pytest.approx(0.8, abs=0.05))


def test_the_same_rows_make_the_same_trees(cohort, fitted):
    again = trees.fit(cohort, ["sign"])
    assert again.booster.save_raw("ubj") == fitted.booster.save_raw("ubj")
    assert (again.slope, again.intercept) == (fitted.slope, fitted.intercept)


def test_trees_know_nothing_of_the_rows_they_are_judged_on(cohort):
    """The left-out rows may say the contrary: the trees are the same."""
    left_out = cohort.fold == 0
    contrary = np.where(left_out, 1 - cohort.label, cohort.label)
    margins = []
    for label in (cohort.label, contrary):
        rows = trees.binned(cohort.matrix, label, ["sign"])
        margins.append(trees.boost(rows, ~left_out).predict(rows))
    assert np.array_equal(*margins)


def test_what_cannot_be_known_of_the_unseen_is_not_claimed(cohort):
    """A sign that only tells patients apart from each other foresees nothing for the others."""
    number = cohort.patient_id.astype(np.float32).reshape(-1, 1)
    fitted = trees.fit(replace(cohort, matrix=number), ["number"])
    assert roc_auc_score(cohort.label, fitted.unseen) < 0.6


def test_calibration_gives_back_the_frequencies_it_was_shown():
    margin = np.repeat([-1.0, 1.0], 1000)
    label = np.concatenate([np.arange(1000) < 100, np.arange(1000) < 600])
    slope, intercept = trees.platt(margin, label)
    assert trees.risk(np.array([-1.0, 1.0]), slope, intercept) == pytest.approx(
        [0.1, 0.6], abs=1e-3
    )
