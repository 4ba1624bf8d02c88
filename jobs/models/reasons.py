"""Why a risk is what it is: XGBoost's own contributions, gathered per sign, in words.

"Associated with", never "because": a contribution tells how the model reads a sign.
"""

import json
from functools import partial

import numpy as np
import pandas as pd
import xgboost as xgb

from jobs.models import features, words
from jobs.models.registry import Model

MOST_REASONS = 5


def contributions(model: Model, matrix: np.ndarray) -> np.ndarray:
    """Log-odds that each feature adds, and last the bias: (rows, features + 1); rows sum to margin.

    Exact TreeSHAP values (Lundberg et al. 2020), as XGBoost computes them.
    """
    rows = xgb.DMatrix(matrix, feature_names=model.manifest.features, nthread=1)
    return model.booster.predict(rows, pred_contribs=True)


def texts(model: Model, matrix: np.ndarray, twins: pd.DataFrame) -> list[str]:
    """The reasons of each twin as JSON, the heaviest first, at most five."""
    if twins.empty:
        return []
    ordered = model.manifest.features
    columns = {name: column.array for name, column in twins.items()}
    return [
        json.dumps(_reasons(added, ordered, partial(_cell, columns, row)), allow_nan=False)
        for row, added in enumerate(contributions(model, matrix)[:, :-1])
    ]


def _cell(columns: dict, row: int, column: str):
    return columns[column][row]


def _reasons(added: np.ndarray, ordered: list[str], cell: words.Cell) -> list[dict]:
    """One patient's; each sign is told by that of its features which moved the risk most."""
    members = features.members(tuple(ordered))
    weights = {sign: float(added[places].sum()) for sign, places in members.items()}
    heaviest = sorted(weights, key=lambda sign: (-abs(weights[sign]), sign))[:MOST_REASONS]
    found = []
    for sign in heaviest:
        strongest = ordered[max(members[sign], key=lambda place: abs(added[place]))]
        reason = words.reason(sign, strongest, cell)
        found.append(reason | {"contribution": round(weights[sign], 4)})
    return [reason for reason in found if reason["contribution"] != 0]
