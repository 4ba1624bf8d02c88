"""States that few patients are ever in: Isolation Forest and One-Class SVM, fitted anew each time.

Which signs are missing is told beside the ranks (`known`), not learned: nurses measure more when
they worry, and a sign not charted is no state of the patient.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import RobustScaler
from sklearn.svm import OneClassSVM

from jobs.anomalies import signs
from jobs.anomalies.limits import limit
from jobs.anomalies.state import known

SEED = 20260101

FURTHEST = 10.0
"""Interquartile ranges from the median beyond which a value is as odd as can be."""


@dataclass(frozen=True)
class Detectors:
    """Both detectors, each with its training scores, sorted: the higher, the odder."""

    medians: pd.Series
    prepare: Pipeline
    models: dict[str, IsolationForest | OneClassSVM]
    scores: dict[str, np.ndarray]


def fit(training: pd.DataFrame) -> Detectors | None:
    """Learn from states (`state.state`), in their order; None where there are too few.

    The same rows in the same order make the same detectors: one thread, one seed.
    """
    kept = training[known(training) >= limit("least_signs")]
    if len(kept) < limit("training_least_rows"):
        return None
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    prepare = make_pipeline(imputer, RobustScaler())
    rows = np.clip(prepare.fit_transform(kept.to_numpy()), -FURTHEST, FURTHEST)
    models = {"forest": _forest(), "svm": OneClassSVM(gamma="auto", nu=limit("svm_outliers"))}
    scores = {name: np.sort(-model.fit(rows).score_samples(rows)) for name, model in models.items()}
    return Detectors(kept.median(), prepare, models, scores)


def _forest() -> IsolationForest:
    """Each tree sees all rows: of the usual 256, few would lie where a spike is told from an edge.

    On the bench that finds four times as many spikes in one sign, in the same time.
    """
    trees = int(limit("forest_trees"))
    return IsolationForest(n_estimators=trees, max_samples=1.0, random_state=SEED)


def ranks(detectors: Detectors | None, states: pd.DataFrame) -> pd.DataFrame:
    """forest and svm: the share of training states that are no odder, 0 to 1.

    Missing without detectors, or where too few signs are known.
    """
    if detectors is None:
        return pd.DataFrame(np.nan, states.index, ["forest", "svm"])
    found = pd.DataFrame(
        {
            name: np.searchsorted(detectors.scores[name], score, side="right")
            / len(detectors.scores[name])
            for name, score in _scores(detectors, states).items()
        },
        states.index,
    )
    return found.where(known(states) >= limit("least_signs"))


def blame(detectors: Detectors, states: pd.DataFrame, usual: pd.DataFrame) -> pd.DataFrame:
    """How much less odd each state were with one sign as usual: a column per sign.

    `usual` has a column per sign; where it is missing, the training median stands in. In standard
    deviations of the training scores, both detectors together; 0 for a sign that is missing.
    """
    columns = {}
    given = _oddity(detectors, states)
    for sign in signs.SIGNS:
        last, change = f"{sign}_last", f"{sign}_change"
        replaced = {last: usual[sign].fillna(detectors.medians[last]).to_numpy()}
        calm = states.assign(**replaced, **{change: detectors.medians[change]})
        columns[sign] = np.where(states[last].notna(), given - _oddity(detectors, calm), 0.0)
    return pd.DataFrame(columns, index=states.index)


def _oddity(detectors: Detectors, states: pd.DataFrame) -> np.ndarray:
    found = _scores(detectors, states)
    return sum(score / detectors.scores[name].std() for name, score in found.items())


def _scores(detectors: Detectors, states: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each row by itself, whatever stands beside it; nobody is nothing."""
    if states.empty:
        return dict.fromkeys(detectors.models, np.empty(0))
    rows = np.clip(detectors.prepare.transform(states.to_numpy()), -FURTHEST, FURTHEST)
    return {name: -model.score_samples(rows) for name, model in detectors.models.items()}
