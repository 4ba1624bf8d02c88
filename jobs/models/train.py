"""Labels -> cohort -> trees -> calibration -> judgement -> registry."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

import xgboost as xgb

from jobs.models import cohort as cohorts
from jobs.models import evaluate, features, outcomes, predict, registry, trees
from jobs.models.cohort import Cohort
from jobs.models.manifest import Calibration, Manifest
from warehouse.lake import Lake

FIRST = "automatic:first"
"""Who promotes the very first model that passes its checks; later ones wait for a person."""

FIGURES = ("auroc", "auroc_news2", "auprc", "brier")


def run(lake: Lake, *, now: datetime) -> dict:
    """Train on the twins' history at one snapshot; promote the first model that passes its checks.

    Returns {model_id, promoted, auroc, auroc_news2, auprc, brier, rows, patients, positives,
    reason}; figures are per patient-hour, None where not computable, and cross-validated: every
    patient is judged by trees that have not seen them. `reason` says why there is no model, or
    why it was not promoted. The same data again change nothing.
    """
    ordered = features.names()
    cohort = cohorts.read(lake, ordered)
    if reason := cohorts.refusal(cohort):
        return _summary(cohort, None, promoted=False, reason=reason)
    models, keys = lake.settings.models, lake.keys
    model_id = _model_id(cohort, ordered)
    manifest = registry.find(models, keys, model_id)
    if manifest is None:
        stored, manifest = _train(cohort, ordered, model_id, now)
        registry.store(models, keys, stored, manifest)
    reason = manifest.objection or _standing(lake, model_id)
    if not reason:
        registry.promote(models, keys, model_id, promoted_by=FIRST, at=now)
        predict.run_all(lake)
    return _summary(cohort, manifest, promoted=not reason, reason=reason)


def _model_id(cohort: Cohort, ordered: list[str]) -> str:
    """The same data, features, parameters and code make the same model."""
    made_of = [cohort.digest(), ordered, _parameters(), code_version()]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]


def _parameters() -> dict:
    return trees.PARAMETERS | {"rounds": trees.ROUNDS, "xgboost": xgb.__version__}


def code_version() -> str:
    """Digest of the code that a model depends on, so that it never needs bumping by hand."""
    here = Path(__file__).parent
    makers = [here / f"{name}.py" for name in ("cohort", "evaluate", "features", "trees")]
    text = "".join(path.read_text() for path in makers)
    text += outcomes.made_of(outcomes.read(cohorts.OUTCOME))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _train(cohort: Cohort, ordered: list[str], model_id: str, now: datetime):
    """The trees as bytes, and their manifest."""
    fitted = trees.fit(cohort, ordered)
    figures = evaluate.metrics(fitted.unseen, cohort.label, cohort.news2, cohort.fold)
    stored = bytes(fitted.booster.save_raw("ubj"))
    return stored, Manifest(
        model_id=model_id,
        created=now,
        snapshot=cohort.snapshot,
        features=ordered,
        feature_set=features.feature_set(ordered),
        parameters=_parameters(),
        code_version=code_version(),
        rows=len(cohort.label),
        patients=cohort.count_patients(),
        positives=int(cohort.label.sum()),
        split=_split(cohort),
        metrics=figures,
        objection=evaluate.objection(figures, fitted.slope),
        calibration=Calibration(slope=fitted.slope, intercept=fitted.intercept),
        sha256=hashlib.sha256(stored).hexdigest(),
    )


def _split(cohort: Cohort) -> dict:
    parts = [cohort.fold == fold for fold in range(cohorts.FOLDS)]
    return {
        "seed": cohorts.SEED,
        "patients": [cohort.count_patients(part) for part in parts],
        "deteriorated": [cohort.count_deteriorated(part) for part in parts],
    }


def _standing(lake: Lake, model_id: str) -> str:
    """Why this model is not the first to be promoted; empty if it is."""
    pointer = registry.promoted(lake.settings.models, lake.keys)
    if pointer is None:
        return ""
    if pointer.model_id == model_id:
        return "already in use"
    return f"stored beside {pointer.model_id}, which is in use: a person promotes"


def _summary(cohort: Cohort, manifest: Manifest | None, *, promoted: bool, reason: str) -> dict:
    figures = manifest.metrics if manifest else {}
    return {
        "model_id": manifest.model_id if manifest else None,
        "promoted": promoted,
        **{name: figures.get(name) for name in FIGURES},
        "rows": len(cohort.label),
        "patients": cohort.count_patients(),
        "positives": int(cohort.label.sum()),
        "reason": reason,
    }
