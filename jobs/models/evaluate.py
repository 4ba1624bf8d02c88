"""How good a model is on patients whom it has never seen, and whether it may be used."""

import numpy as np

from jobs.models import ranking

TOO_GOOD = 0.97
"""No score foresees deterioration like this (clinical definitions, benchmarks): look for a leak."""


def metrics(risk: np.ndarray, label: np.ndarray, news2: np.ndarray, fold: np.ndarray) -> dict:
    """Figures per patient-hour; None where they cannot be computed (one class).

    AUROC and AUPRC are means over the folds, weighted by their positives: risks of different folds
    come from different trees, and ranking them against each other would say less than is true.
    NEWS2 is judged on the same hours; one without any sign ranks lowest, since it raises no
    alarm. `news2_rows` says how many hours have one.
    """
    is_whole = bool(np.isfinite(risk).all())
    auroc, auprc = _over_folds(label, risk, fold) if is_whole else (None, None)
    auroc_news2, _ = _over_folds(label, np.nan_to_num(news2, nan=-1), fold)
    return {
        "auroc": auroc,
        "auroc_news2": auroc_news2,
        "auprc": auprc,
        "brier": float(np.mean((risk - label) ** 2)) if is_whole and label.any() else None,
        "rows": len(label),
        "positives": int(label.sum()),
        "news2_rows": int(np.isfinite(news2).sum()),
    }


def _over_folds(
    label: np.ndarray, score: np.ndarray, fold: np.ndarray
) -> tuple[float | None, float | None]:
    """AUROC and AUPRC, each the mean over the folds that have both classes."""
    found, positives = [], []
    for one in np.unique(fold):
        chosen = fold == one
        areas = ranking.areas(label[chosen], score[chosen])
        if None not in areas:
            found.append(areas)
            positives.append(label[chosen].sum())
    if not found:
        return None, None
    auroc, auprc = np.average(found, axis=0, weights=positives)
    return float(auroc), float(auprc)


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
