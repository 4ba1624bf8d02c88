"""How well a score ranks, from rows sorted once and counted again for every resample."""

import numpy as np

from jobs.models import resample_kernel


class Ranked:
    """Rows in order of falling score; equal scores stand together."""

    def __init__(self, label: np.ndarray, score: np.ndarray, patient: np.ndarray) -> None:
        """All [rows]; label 0 or 1, score finite, patient as `patients.numbers`."""
        order, is_last = highest_first(score)
        self._is_first = np.append(True, is_last[:-1])
        self._patient = patient[order]
        self._label = label[order].astype(np.int64)

    def areas(self, count: np.ndarray) -> tuple[float | None, float | None]:
        """AUROC and AUPRC with each patient's rows counted `count` times; None for one class.

        AUROC: the share of pairs in the right order, ties half (Hanley, McNeil 1982). AUPRC: the
        precision at each positive's score, on average (no interpolation).
        """
        sums = resample_kernel.ranked(self._patient, self._label, self._is_first, count)
        positives, others, pairs, precision = sums
        if not positives or not others:
            return None, None
        return pairs / (2 * positives * others), precision / positives


def highest_first(risk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers by falling risk, and of each of them whether it is the last of its risk.

    A threshold at a risk takes all rows up to there: ties are in or out together.
    """
    order = np.argsort(-risk, kind="stable")
    ordered = risk[order]
    return order, np.append(ordered[1:] != ordered[:-1], True)[: len(risk)]


def areas(label: np.ndarray, score: np.ndarray) -> tuple[float | None, float | None]:
    """AUROC and AUPRC of plain rows; None for one class."""
    return Ranked(label, score, np.zeros(len(label), dtype=int)).areas(np.ones(1, dtype=np.int64))
