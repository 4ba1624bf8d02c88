"""How good a model is on patients whom it has never seen, and whether it may be used."""

from collections.abc import Callable

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

TOO_GOOD = 0.97
"""No score foresees deterioration like this (clinical definitions, benchmarks): look for a leak."""


def metrics(risk: np.ndarray, label: np.ndarray, news2: np.ndarray, fold: np.ndarray) -> dict:
    """Figures per patient-hour; None where they cannot be computed (one class).

    AUROC and AUPRC are means over the folds, weighted by their positives: risks of different folds
    come from different trees, and ranking them against each other would say less than is true.
    NEWS2 is judged on the same hours; one without any sign ranks lowest, since it raises no
    alarm. `news2_rows` says how many hours have one.
    """
    ranked = np.nan_to_num(news2, nan=-1)
    is_whole = bool(np.isfinite(risk).all())
    return {
        "auroc": _over_folds(roc_auc_score, label, risk, fold) if is_whole else None,
        "auroc_news2": _over_folds(roc_auc_score, label, ranked, fold),
        "auprc": _over_folds(average_precision_score, label, risk, fold) if is_whole else None,
        "brier": float(brier_score_loss(label, risk)) if is_whole and label.any() else None,
        "rows": len(label),
        "positives": int(label.sum()),
        "news2_rows": int(np.isfinite(news2).sum()),
    }


def _over_folds(
    figure: Callable, label: np.ndarray, score: np.ndarray, fold: np.ndarray
) -> float | None:
    """The mean of a figure over the folds that have both classes."""
    found, positives = [], []
    for one in np.unique(fold):
        chosen = fold == one
        if len(np.unique(label[chosen])) == 2:
            found.append(figure(label[chosen], score[chosen]))
            positives.append(label[chosen].sum())
    return float(np.average(found, weights=positives)) if found else None


def objection(figures: dict, slope: float) -> str:
    """Why a model may not be promoted by itself; empty if it passes its checks."""
    auroc = figures["auroc"]
    if auroc is None:
        return "its figures cannot be computed"
    if auroc <= 0.5 or slope <= 0:
        return f"no better than chance for unseen patients (AUROC {auroc:.2f})"
    if auroc > TOO_GOOD:
        return f"AUROC {auroc:.3f} for unseen patients is too good to be true: leak?"
    return ""
