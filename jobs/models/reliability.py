"""Whether a risk of 20 % is followed by the event in 20 of 100."""

import numpy as np
from scipy.special import logit

from jobs.models import resample_kernel

DECILES = 10
LEAST = 1e-9
"""Risks nearer to 0 or 1 than this count as this near: the log-odds of 0 are infinite."""

STEPS = 25
TOLERANCE = 1e-8
STEEPEST = 1000.0

Line = tuple[float, float]


def line(
    label: np.ndarray,
    odds: np.ndarray,
    patient: np.ndarray,
    count: np.ndarray,
    start: Line | None = None,
) -> Line | None:
    """Slope and intercept of logistic recalibration on the log-odds (Cox 1958); 1 and 0 are ideal.

    label, odds (as `log_odds`) and patient (as `patients.numbers`) [rows]; each patient counts
    `count` times. `start`: a line that may be near. None where there is none: one class, equal
    risks, or risks that separate the classes.
    """
    weight = count[patient]
    share = (weight @ label) / max(weight.sum(), 1)
    if share in (0, 1):
        return None
    rows = patient, label, odds, count
    nothing = 0.0, float(logit(share))
    return (_climbed(rows, start) if start else None) or _climbed(rows, nothing)


def _climbed(rows: tuple, line: Line) -> Line | None:
    """The likeliest line, by Newton's method; None if it runs away from this start."""
    for _ in range(STEPS):
        step = _step(*resample_kernel.newton(*rows, *line))
        if step is None or abs(line[0]) > STEEPEST:
            return None
        line = line[0] + step[0], line[1] + step[1]
        if max(map(abs, step)) < TOLERANCE:
            return line
    return None


def _step(up: float, right: float, a: float, b: float, c: float) -> Line | None:
    """The gradient over the Hessian (a b, b c); None where that has no inverse."""
    determinant = a * c - b * b
    if not determinant > TOLERANCE * a * c:
        return None
    return (c * up - b * right) / determinant, (a * right - b * up) / determinant


def log_odds(risk: np.ndarray) -> np.ndarray:
    return logit(np.clip(risk, LEAST, 1 - LEAST))


def curve(label: np.ndarray, risk: np.ndarray) -> list[dict]:
    """Rows in tenths by risk: {rows, positives, risk (mean), observed (share of label 1)}.

    Equal risks share a bin, so there may be fewer than ten.
    """
    if not len(risk):
        return []
    edges = np.quantile(risk, np.arange(1, DECILES) / DECILES)
    place = np.searchsorted(edges, risk, side="left")
    rows, positives = np.bincount(place), np.bincount(place, label)
    sums = np.bincount(place, risk)
    return [
        {
            "rows": int(rows[bin]),
            "positives": int(positives[bin]),
            "risk": float(sums[bin] / rows[bin]),
            "observed": float(positives[bin] / rows[bin]),
        }
        for bin in np.flatnonzero(rows)
    ]
