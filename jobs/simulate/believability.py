"""Is the synthetic hospital as hard to foresee as a real one? Measured on what was charted.

Believable: NEWS2 reaches an AUROC of 0.75-0.90 per patient-hour; a model above 0.95 would mean that
the simulator leaks its answer.
"""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from jobs.simulate import laboratory
from jobs.simulate.parameters import SIGNS
from jobs.simulate.treatments import deterioration
from jobs.simulate.world import Hospital, Stay
from jobs.twins import scores

HORIZON = 24.0
"""Hours ahead (clinical definitions, outcomes)."""
CHARTED = (*SIGNS, "consciousness", "oxygen")
BLOOD = ("lactate", "creatinine", "c_reactive_protein", "leukocytes", "hemoglobin")


def figures(hospital: Hospital) -> dict[str, float]:
    """Counts, and the AUROC of NEWS2 and of a model split by patient, per patient-hour."""
    hours = patient_hours(hospital)
    news2 = scores.news2(hours)["news2_total"].fillna(-1)
    made = [deterioration(stay) < np.inf for stay in hospital.stays]
    return {
        "patients": len(made),
        "deteriorated": sum(made),
        "hours": len(hours),
        "auroc_news2": float(roc_auc_score(hours["label"], news2)),
        "auroc_model": float(roc_auc_score(hours["label"], _risk(hours, news2))),
    }


def patient_hours(hospital: Hospital) -> pd.DataFrame:
    """One row per patient and hour at risk before `until`: what was known then, and `label`.

    Known: the latest charted signs, their change in six hours, looks in six hours, the latest
    blood results, age, hours in hospital. Label: a deterioration follows within 24 hours and
    before `until`; hours of which nobody knows it by then are left out.
    """
    rows = [_hours_of(stay).assign(patient=n) for n, stay in enumerate(hospital.stays)]
    return pd.concat([part for part in rows if len(part)], ignore_index=True)


def _hours_of(stay: Stay) -> pd.DataFrame:
    course, event = stay.course, deterioration(stay)
    hours = np.arange(np.ceil(course.admitted + 1), min(course.ended, event, 0))
    charts = pd.DataFrame([chart.values for chart in course.charts])
    charts = charts.reindex(columns=CHARTED).set_index([[chart.issued for chart in course.charts]])
    now, before = _latest(charts, hours), _latest(charts, hours - 6)
    changes = (now - before)[list(SIGNS)].add_prefix("change_of_")
    rows = pd.concat([now, changes, _latest(_blood(stay), hours)], axis=1).assign(
        looks=np.searchsorted(charts.index, hours) - np.searchsorted(charts.index, hours - 6),
        age=course.person.age,
        hours_in=hours - course.admitted,
        spo2_scale=1.0 + course.person.is_scale_2,
        label=(event <= np.minimum(hours + HORIZON, 0)).astype(int),
    )
    is_followed = (course.ended <= 0) | (hours + HORIZON <= 0) | (rows["label"] == 1)
    return rows[is_followed]


def _blood(stay: Stay) -> pd.DataFrame:
    results = laboratory.results(stay)
    wide = results.pivot_table(index="issued", columns="concept", values="value")
    return wide.reindex(columns=BLOOD)


def _latest(known: pd.DataFrame, hours: np.ndarray) -> pd.DataFrame:
    """The latest value of each column at each hour; the index of `known` is when it was known."""
    filled = known.sort_index().ffill()
    empty = pd.DataFrame(np.nan, index=[-np.inf], columns=known.columns)
    filled = pd.concat([empty, filled]) if len(filled) else empty
    return filled.iloc[np.searchsorted(filled.index, hours, side="right") - 1].reset_index(
        drop=True
    )


def _risk(hours: pd.DataFrame, news2: pd.Series) -> np.ndarray:
    """What a model foresees for patients whom it has not seen."""
    model = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.08, max_leaf_nodes=8, min_samples_leaf=50, random_state=1
    )
    features = hours.drop(columns=["label", "patient"]).assign(news2=news2)
    return cross_val_predict(
        model,
        features,
        hours["label"],
        groups=hours["patient"],
        cv=GroupKFold(3),
        method="predict_proba",
    )[:, 1]
