"""The compiled part: one pass over the rows, each counted as often as its patient is drawn."""

import math

from jobs.twins.compiled import compiled


@compiled
def ranked(patient, label, is_first, count):
    """Rows by falling score: positives, others, and what AUROC and AUPRC are made of.

    `patient` int64 [rows], `label` int64 [rows], `is_first` bool [rows] (a lower score than the row
    before), `count` int64 [patients]. Returns (positives, others, twice the pairs in the right
    order, ties half; precision summed over the positives).
    """
    positives, others, wrong, precision = 0, 0, 0, 0.0
    i = 0
    while i < len(patient):
        tied_positives, tied_others = 0, 0
        while True:
            weight = count[patient[i]]
            tied_positives += weight * label[i]
            tied_others += weight * (1 - label[i])
            i += 1
            if i == len(patient) or is_first[i]:
                break
        wrong += tied_positives * (2 * others + tied_others)
        positives += tied_positives
        others += tied_others
        if tied_positives:
            precision += tied_positives * positives / (positives + others)
    return positives, others, 2 * positives * others - wrong, precision


@compiled
def newton(patient, label, odds, count, slope, intercept):
    """One step of logistic regression: gradient (slope, intercept) and the three of its Hessian."""
    up, right, a, b, c = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(patient)):
        weight = count[patient[i]]
        if weight:
            risk = 1 / (1 + math.exp(-(slope * odds[i] + intercept)))
            error, spread = weight * (label[i] - risk), weight * risk * (1 - risk)
            up += error * odds[i]
            right += error
            a += spread * odds[i] * odds[i]
            b += spread * odds[i]
            c += spread
    return up, right, a, b, c
