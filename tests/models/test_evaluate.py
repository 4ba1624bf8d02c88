import numpy as np
import pytest

from jobs.models import evaluate

LABEL = np.array([0, 0, 1, 1])
ONE_FOLD = np.zeros(4)
FIGURES = ("auroc", "auroc_news2", "auprc", "brier")


def test_the_figures_are_those_of_the_textbook():
    risk, news2 = np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 1, 1, 7])
    found = evaluate.metrics(risk, LABEL, news2, ONE_FOLD)
    assert found["auroc"] == 0.75
    assert found["auroc_news2"] == 0.875
    assert found["auprc"] == pytest.approx(0.8333, abs=1e-4)
    assert found["brier"] == pytest.approx(0.158125)


def test_risks_of_different_folds_are_not_ranked_against_each_other():
    """Within each fold the order is perfect; across them it would not be."""
    risk, label = np.array([0.1, 0.2, 0.8, 0.9]), np.array([0, 1, 0, 1])
    assert evaluate.metrics(risk, label, risk, np.array([0, 0, 1, 1]))["auroc"] == 1.0
    assert evaluate.metrics(risk, label, risk, ONE_FOLD)["auroc"] == 0.75


def test_a_fold_counts_by_its_positives_and_one_without_any_does_not():
    risk = np.array([0.9, 0.1, 0.1, 0.1, 0.9, 0.5])
    label = np.array([0, 1, 1, 0, 1, 0])
    fold = np.array([0, 0, 0, 1, 1, 2])
    assert evaluate.metrics(risk, label, risk, fold)["auroc"] == pytest.approx(1 / 3)


def test_with_one_class_nothing_is_computed_and_null_is_not_zero():
    found = evaluate.metrics(np.array([0.1, 0.2]), np.zeros(2), np.array([1.0, 2.0]), np.zeros(2))
    assert [found[name] for name in FIGURES] == [None] * 4
    assert (found["rows"], found["positives"]) == (2, 0)


def test_a_risk_that_is_not_a_number_has_no_figures():
    found = evaluate.metrics(np.array([0.1, 0.2, np.nan, 0.9]), LABEL, LABEL, ONE_FOLD)
    assert [found[name] for name in FIGURES] == [None, 1.0, None, None]


def test_an_hour_without_news2_ranks_lowest_and_is_counted():
    found = evaluate.metrics(np.full(4, 0.5), LABEL, np.array([np.nan, 0, 2, 3]), ONE_FOLD)
    assert (found["auroc_news2"], found["news2_rows"]) == (1.0, 3)


@pytest.mark.parametrize(
    "auroc, slope, objection",
    [
        (0.8, 1.0, ""),
        (0.51, 1.0, ""),
        (0.5, 1.0, "no better than chance"),
        (0.3, 1.0, "no better than chance"),
        (0.8, -1.0, "no better than chance"),
        (0.98, 1.0, "leak?"),
        (None, 1.0, "cannot be computed"),
    ],
)
def test_only_a_believable_model_passes(auroc, slope, objection):
    found = evaluate.objection({"auroc": auroc}, slope)
    assert objection in found
    assert bool(found) == bool(objection)
