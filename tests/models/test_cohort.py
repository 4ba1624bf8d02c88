import numpy as np
import pandas as pd
import pytest

from jobs.models import cohort as cohorts
from jobs.models import features
from jobs.models.cohort import Cohort


def cohort(label, patient_id=None, fold=None):
    """Hours at risk; a patient for every hour and each fold in turn unless told otherwise."""
    label = np.array(label)
    patient_id = np.arange(len(label)) if patient_id is None else np.array(patient_id)
    fold = np.arange(len(label)) % cohorts.FOLDS if fold is None else np.array(fold)
    return Cohort(1, patient_id, label, np.zeros(len(label)), np.zeros((len(label), 1)), fold)


def test_no_patient_is_in_two_folds(hospital):
    found = cohorts.read(hospital, features.names())
    folds = pd.Series(found.fold).groupby(found.patient_id).nunique()
    assert (folds == 1).all()
    assert set(found.fold) == set(range(cohorts.FOLDS))


def test_the_folds_are_about_equal():
    found = pd.Series(cohorts.folds(pd.Series(range(5000)))).value_counts(normalize=True)
    assert len(found) == cohorts.FOLDS
    assert found.between(0.18, 0.22).all()


def test_a_patients_fold_does_not_depend_on_who_else_is_there():
    everyone = dict(zip(range(50), cohorts.folds(pd.Series(range(50))), strict=True))
    few = dict(zip([7, 31], cohorts.folds(pd.Series([7, 31])), strict=True))
    assert few == {7: everyone[7], 31: everyone[31]}


def test_the_cohort_is_the_labelled_hours_in_order(hospital):
    found = cohorts.read(hospital, ["spo2_last"])
    assert found.matrix.shape == (3600, 1)
    assert (np.diff(found.patient_id) >= 0).all()
    assert found.count_patients() == 120


def test_the_digest_tells_other_labels_apart(hospital):
    assert cohort([0, 1]).digest() == cohort([0, 1]).digest()
    assert cohort([0, 1]).digest() != cohort([1, 0]).digest()


@pytest.mark.parametrize(
    "given, reason",
    [
        (cohort([]), "no hours at risk"),
        (cohort([0] * 30), "no patient-hour of 30 was followed by deterioration"),
        (cohort([1] * 30), "every patient-hour of 30 was followed by deterioration"),
        (cohort([1] * 7 + [0] * 30), "too few patients to learn from: 7 of 37 deteriorated"),
        (cohort([1, 0] * 60, patient_id=[4] * 120), "too few patients to learn from: 1 of 1"),
        (cohort([1] * 20 + [0] * 9, fold=[0] * 20 + [1] * 9), "too few patients to learn from"),
        (cohort([1] * 20 + [0] * 9, fold=[1, 2] * 10 + [0] * 9), "too few patients to learn from"),
        (cohort([1] * 10 + [0] * 10), ""),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_the_reason(given, reason):
    assert cohorts.refusal(given).startswith(reason)
    assert bool(cohorts.refusal(given)) == bool(reason)
