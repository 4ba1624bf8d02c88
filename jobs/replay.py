"""Past predictions and alerts, made once more from the rows known then: equal to the bit or not."""

from dataclasses import dataclass

import pandas as pd

from jobs.alerts import lifecycle
from jobs.models import predict, registry
from jobs.twins import past, patient_now
from warehouse import Lake
from warehouse.lake import Connection, frame, sql

PREDICTION = ["patient_id", "time", "model_id"]
COMPARED = ["feature_set", "risk", "level", "margin", "reasons"]
TRANSITION = ["alert_id", "change"]


@dataclass(frozen=True)
class Replayed:
    """What was stored beside what was made anew, and whether they are equal.

    `predictions`: patient_id, time, batch_no, model_id, then feature_set, risk, level, margin and
    reasons, each with its `_again`, is_equal. `transitions`: alert_id, batch_no, change, then time,
    level and reasons with theirs, is_equal. One that is made anew only has no stored values.
    """

    predictions: pd.DataFrame
    transitions: pd.DataFrame

    @property
    def is_equal(self) -> bool:
        return bool(self.predictions["is_equal"].all() and self.transitions["is_equal"].all())


def run(lake: Lake, patient_ids: list[int], batch_no: int) -> Replayed:
    """Make anew what a batch predicted of these patients, and what it changed in their alerts.

    From the rows of batches up to `batch_no` alone, whatever has landed or been corrected since;
    each prediction by the model that made it. `ModelUnusable` where that model is not kept.
    """
    with lake.read() as con:
        con.register("asked", pd.DataFrame({"patient_id": patient_ids}))
        stored = frame(con, sql("replayed_predictions"), {"batch_no": batch_no})
        changes = frame(con, sql("replayed_transitions"), {"batch_no": batch_no})
        con.unregister("asked")
    with past.after(lake, patient_ids, batch_no) as con:
        predictions = _predict(con, lake, patient_ids, batch_no, list(stored["model_id"].unique()))
        again = frame(con, "SELECT * FROM alert.transition WHERE batch_no = ?", [batch_no])
    return Replayed(
        _beside(stored, predictions, PREDICTION, COMPARED),
        _beside(changes, again, TRANSITION, ["time", "level", "reasons"]),
    )


def find(lake: Lake, patient_id: int, at: pd.Timestamp) -> int | None:
    """The batch of the patient's last prediction at or before an instant; None if there is none."""
    with lake.read() as con:
        (batch_no,) = con.execute(
            "SELECT arg_max(batch_no, (time, batch_no)) FROM model.prediction "
            "WHERE patient_id = ? AND time <= ?",
            [patient_id, at],
        ).fetchone()
    return batch_no


def _predict(
    con: Connection, lake: Lake, patient_ids: list[int], batch_no: int, models: list[str]
) -> pd.DataFrame:
    """As `microbatch.react` did: twins, then predictions and alerts; by each model that was."""
    twins = patient_now.update(con, patient_ids, batch_no)
    found = [pd.DataFrame(columns=["patient_id", "level", "reasons"])]
    for model_id in models:
        model = registry.load(lake.settings.models, lake.keys, model_id)
        found.append(predict.append(con, model, twins, batch_no))
    for predictions in found[1:] or found:
        lifecycle.update(con, twins, predictions, batch_no)
    return frame(con, "SELECT * FROM model.prediction")


def _beside(
    stored: pd.DataFrame, again: pd.DataFrame, keys: list[str], values: list[str]
) -> pd.DataFrame:
    """Each stored row beside the one made anew. Reasons that nobody asked for are not compared."""
    wanted = again[[*keys, *values]].astype(object)
    both = stored.astype(object).merge(wanted, "outer", on=keys, suffixes=("", "_again"))
    same = pd.Series(True, index=both.index)
    for value in values:
        is_same = both[value] == both[f"{value}_again"]
        same &= is_same | (both[value].isna() & (value == "reasons"))
    return both.assign(is_equal=same)
