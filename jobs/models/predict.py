"""The risk of each twin by the champion, calibrated, with its level and its reasons."""

import numpy as np
import pandas as pd

from jobs.alerts import critical_care, levels, lifecycle
from jobs.models import features, reasons, registry, trees
from jobs.models.registry import Model
from warehouse.errors import ModelUnusable
from warehouse.lake import Connection, Lake, frame

MOST_EXPLAINED = 500
"""Exact contributions cost about 0.15 ms a patient: these, the gravest, are whom someone sees."""

FEWEST_TO_JUDGE = 50
"""Different twins that cannot all have the same risk; a calm ward of fewer beds may."""


def score(model: Model, twins: pd.DataFrame) -> pd.DataFrame:
    """Rows of model.prediction, all but batch_no, one per twin (columns of twin.patient_now).

    risk is a probability within 24 h, margin the log-odds before calibration; reasons (JSON) only
    where risk or NEWS2 is at watch or worse. `ModelUnusable` if the output makes no sense.
    """
    manifest = model.manifest
    matrix = features.matrix(twins, "time", manifest.features)
    margin = trees.margins(model.booster, matrix) if len(twins) else np.empty(0)
    calibration = manifest.calibration
    risk = trees.risk(margin, calibration.slope, calibration.intercept)
    _check(matrix, risk, model.model_id)
    scored = pd.DataFrame(
        {
            "patient_id": twins["patient_id"],
            "time": twins["time"],
            "model_id": model.model_id,
            "feature_set": manifest.feature_set,
            "risk": risk,
            "margin": margin,
        }
    ).reset_index(drop=True)
    scored["level"] = levels.risk_level(scored["risk"])
    explained = _explained(scored, levels.news2_level(twins.reset_index(drop=True)))
    texts = reasons.texts(model, matrix[explained], twins.iloc[explained])
    return scored.assign(reasons=pd.Series(texts, index=explained, dtype=object))


def append(
    con: Connection, model: Model, twins: pd.DataFrame, batch_no: int | pd.Series
) -> pd.DataFrame:
    """Add the predictions of these twins, inside a write transaction; all of them are returned.

    None for patients in critical care: what would be foretold has come. A prediction that is
    there already (patient, time, model, batch) is not added again.
    """
    is_critical = twins["patient_id"].isin(critical_care.patients(con, twins))
    asked = twins.assign(batch_no=batch_no)[~is_critical]
    predictions = score(model, asked).assign(batch_no=asked["batch_no"].to_numpy())
    con.register("scored", predictions)
    con.execute(
        """
        INSERT INTO model.prediction BY NAME
        SELECT * FROM scored
        ANTI JOIN (
            SELECT * FROM model.prediction
            WHERE batch_no BETWEEN (SELECT min(batch_no) FROM scored)
                AND (SELECT max(batch_no) FROM scored)
        ) USING (patient_id, time, model_id, batch_no)
        """
    )
    con.unregister("scored")
    return predictions


def run_all(lake: Lake) -> dict:
    """Score every patient's present twin by the champion, alerts included, in one transaction.

    A prediction belongs to the batch of its twin, so that a second run adds nothing.
    """
    model = registry.champion(lake.settings.models, lake.keys)
    with lake.write("predict for every patient") as con:
        twins = frame(con, "SELECT * FROM twin.patient_now ORDER BY patient_id")
        if twins.empty:
            return {"predictions": 0, "opened": 0, "raised": 0, "resolved": 0}
        predictions = append(con, model, twins, twins["batch_no"])
        newest = int(twins["batch_no"].max())
        return {"predictions": len(predictions)} | lifecycle.update(con, twins, predictions, newest)


def _check(matrix: np.ndarray, risk: np.ndarray, model_id: str) -> None:
    if not np.isfinite(risk).all():
        raise ModelUnusable(f"model {model_id} gives risks that are not numbers")
    if len(risk) < FEWEST_TO_JUDGE or np.ptp(risk) > 0:
        return
    if len({row.tobytes() for row in matrix}) >= FEWEST_TO_JUDGE:
        raise ModelUnusable(f"model {model_id} gives {len(risk)} patients the very same risk")


def _explained(scored: pd.DataFrame, news2_level: pd.Series) -> np.ndarray:
    """Row numbers of those someone will look at, the gravest first."""
    gravity = levels.rank(levels.worst(scored["level"], news2_level))
    order = scored.assign(gravity=gravity)[gravity > 0]
    order = order.sort_values(["gravity", "risk", "patient_id"], ascending=[False, False, True])
    return order.index[:MOST_EXPLAINED].to_numpy()
