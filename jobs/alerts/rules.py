"""What raises an alert: NEWS2's total, three points in one parameter, the model's risk, and a sign
beyond a limit of the patient's own. The last silences none of the others.
"""

import json

import pandas as pd

from jobs.alerts import evidence, levels, limits
from warehouse import vocabulary

CAUSES = ("news2_total", "news2_single", "risk", "personal_limit")


def findings(twins: pd.DataFrame, predictions: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """One row per twin and cause: patient_id, time, cause, level. `held`: as `limits.held`.

    An incomplete total is a lower bound and counts as it stands. The level of `risk` is missing
    where there is no prediction: not computed is not routine.
    """
    found = {
        "news2_total": levels.total_level(twins["news2_total"]),
        "news2_single": levels.single_level(twins["news2_highest"]),
        "risk": twins["patient_id"].map(_by_patient(predictions, "level")),
        "personal_limit": levels.limits_level(limits.broken(twins, held)),
    }
    rows = [twins[["patient_id", "time"]].assign(cause=c, level=found[c]) for c in CAUSES]
    return pd.concat(rows, ignore_index=True)


def reasons(
    twins: pd.DataFrame, predictions: pd.DataFrame, held: pd.DataFrame, wanted: pd.DataFrame
) -> list[str]:
    """JSON for each wanted row (patient_id, cause): the parts with points, the model's reasons, or
    the values beyond their limits. A risk that nobody explained has an empty list.
    """
    of_risk = _by_patient(predictions, "reasons")
    concerned = twins.loc[twins["patient_id"].isin(wanted["patient_id"]), evidence.columns()]
    parts = {twin["patient_id"]: evidence.of(twin) for twin in concerned.to_dict("records")}
    told = {
        "risk": lambda patient: of_risk[patient] or "[]",
        "personal_limit": lambda patient: json.dumps(limits.reasons(held, patient)),
    }
    return [
        told[row.cause](row.patient_id)
        if row.cause in told
        else json.dumps(_counting(row.cause, parts[row.patient_id]))
        for row in wanted.itertuples()
    ]


def _counting(cause: str, parts: list[dict]) -> list[dict]:
    """For `news2_single` only the parts that alert by themselves."""
    if cause == "news2_total":
        return parts
    least = vocabulary.table("news2_levels").set_index("cause").at[cause, "points_low"]
    return [part for part in parts if part["points"] >= int(least)]


def _by_patient(predictions: pd.DataFrame, column: str) -> dict:
    return dict(zip(predictions["patient_id"], predictions[column], strict=True))
