"""Gradient-boosted trees, and the line that turns their margin into a probability."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xgboost as xgb
from sklearn.linear_model import LogisticRegression

from jobs.models.cohort import FOLDS, Cohort

PARAMETERS = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_bin": 64,
    "max_depth": 3,
    "eta": 0.03,
    "subsample": 0.7,
    "colsample_bytree": 0.2,
    "min_child_weight": 10,
    "lambda": 5.0,
    "seed": 20260101,
    "nthread": 1,
}
"""Modest and fixed: few patients, hours much alike. One thread: the same trees on every machine,
and on two cores that others use too it is the faster (threads wait for each other)."""

ROUNDS = 100


@dataclass(frozen=True)
class Fitted:
    """Trees from all patients; how well such trees do is told by `unseen`."""

    booster: xgb.Booster
    slope: float
    intercept: float
    unseen: np.ndarray
    """Each row's risk by trees, and a calibration, that have not seen its patient."""


def fit(cohort: Cohort, ordered: list[str]) -> Fitted:
    """Train on all but one fold, for each fold, to calibrate and to judge; then on everybody.

    No patients are set aside for good: too few deteriorate. No early stopping, for the same
    reason: a handful of patients would decide when.
    """
    rows = binned(cohort.matrix, cohort.label, ordered)
    margin = np.empty(len(cohort.label))
    for fold in range(FOLDS):
        left_out = cohort.fold == fold
        margin[left_out] = boost(rows, ~left_out).predict(rows, output_margin=True)[left_out]
    everybody = boost(rows, np.ones(len(margin)))
    unseen = np.empty(len(margin))
    for left_out, line in unseen_lines(margin, cohort.label, cohort.fold):
        unseen[left_out] = risk(margin[left_out], *line)
    return Fitted(everybody, *platt(margin, cohort.label), unseen)


def binned(matrix: np.ndarray, label: np.ndarray, ordered: list[str]) -> xgb.QuantileDMatrix:
    bins, threads = PARAMETERS["max_bin"], PARAMETERS["nthread"]
    return xgb.QuantileDMatrix(matrix, label, feature_names=ordered, max_bin=bins, nthread=threads)


def boost(rows: xgb.QuantileDMatrix, weight: np.ndarray) -> xgb.Booster:
    """Rows of weight 0 are left out; so the features are binned once for all trainings."""
    rows.set_weight(weight.astype(np.float32))
    return xgb.train(PARAMETERS, rows, ROUNDS)


def unseen_lines(
    margin: np.ndarray, label: np.ndarray, fold: np.ndarray
) -> Iterator[tuple[np.ndarray, tuple[float, float]]]:
    """Of each fold its rows (bool), and the slope and intercept that the other folds' rows give."""
    for one in range(FOLDS):
        left_out = fold == one
        yield left_out, platt(margin[~left_out], label[~left_out])


def margins(booster: xgb.Booster, matrix: np.ndarray) -> np.ndarray:
    """Log-odds before calibration, one per row."""
    rows = xgb.DMatrix(matrix, feature_names=booster.feature_names, nthread=1)
    return booster.predict(rows, output_margin=True).astype(np.float64)


def platt(margin: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of the logistic curve from margin to probability (Platt 1999).

    Two numbers, not a step function: they cannot overfit the few events of a small ward.
    """
    curve = LogisticRegression(C=np.inf).fit(margin.reshape(-1, 1), label)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def risk(margin: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """Probability of deterioration within 24 h."""
    return 1 / (1 + np.exp(-(slope * margin + intercept)))
