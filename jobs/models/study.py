"""`wardtwin evaluate`: a model of an outcome, trained on some patients, judged on others.

Whole patients are left out, never rows; thresholds are chosen on the training patients' own
left-out risks, and stay as they are. Trained and judged on the same sources, every patient is
judged by trees, a calibration and a threshold that have not seen them (cross-validation).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import xgboost as xgb

from jobs.models import (
    cohort,
    figures,
    judged,
    matched,
    mortality2012,
    outcomes,
    recipes,
    trees,
    utility,
)
from jobs.models.recipes import TREES, Recipe
from warehouse import Lake, vocabulary
from warehouse.errors import NotSetUp
from warehouse.keys import Keys
from warehouse.lake import Connection

AT_A_TIME = 50_000
"""Rows between the lake and the matrix."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = ("n_24h", "mean_24h", "min_24h", "max_24h")
"""In this order of every sign, as the twin has them."""

AGE_BANDS = [0, 45, 65, 80, 200]


@dataclass(frozen=True)
class Rows:
    """The labelled hours of some sources: `told` (patient_id, time, label, news2 and groups)."""

    told: pd.DataFrame
    matrix: np.ndarray
    """float32 (hours, columns)"""
    attrition: pd.DataFrame

    @property
    def label(self) -> np.ndarray:
        return self.told["label"].to_numpy()

    def seeing(self, columns: np.ndarray) -> "Rows":
        """The same with these columns only (bool [columns])."""
        return replace(self, matrix=self.matrix[:, columns])


def run(lake: Lake, outcome: str, train: list[str], test: list[str], *, resamples: int) -> dict:
    """Figures, intervals and subgroups on the test sources' patients; everything JSON can hold.

    `NotSetUp` where an outcome or a source is unknown; where there is nothing to learn or to
    judge, it says so.
    """
    made = recipes.recipe(outcome)
    snapshot = lake.snapshot()
    with lake.read(snapshot) as con:
        known = read(con, outcome, train, made, lake.keys)
        unseen = known if train == test else read(con, outcome, test, made, lake.keys)
    _check(known, train)
    _check(unseen, test)
    is_told = np.isfinite(known.matrix).any(axis=0)
    known = known.seeing(is_told)
    left_out, fold = _left_out(known, made)
    if train == test:
        unseen = known
        risk, alarm = _over_folds(left_out, known, fold, made)
    else:
        unseen = unseen.seeing(is_told)
        risk, alarm = _elsewhere(left_out, known, unseen, made)
    about = {"outcome": outcome, "train": train, "test": test, "snapshot": snapshot}
    about |= {"is_cross_validated": train == test, "columns": int(is_told.sum())}
    return about | judge(unseen, risk, alarm, made, resamples)


def read(con: Connection, outcome: str, sources: list[str], made: Recipe, keys: Keys) -> Rows:
    """The labelled hours with their twins, and the twins of earlier hours where asked for."""
    found = outcomes.labels(con, outcomes.read(outcome), sources, keys=keys)
    con.register("labelled", found.rows)
    parts = [_twins(con, recipes.columns(made), 0)]
    parts += [_twins(con, recipes.of_signs(seen), lag) for lag, seen in made.earlier.items()]
    parts += [_two_days(con)] if made.joins_days else []
    told = con.execute(
        "SELECT labelled.patient_id, hour, label, news2_total AS news2, age, is_female "
        "FROM labelled JOIN twin.patient_hour USING (patient_id, hour) ORDER BY patient_id, hour"
    ).to_arrow_table()
    con.unregister("labelled")
    told = told.to_pandas()
    hours = (told.pop("hour") - EPOCH).dt.total_seconds() / 3600
    groups = {
        "age_band": pd.cut(told.pop("age"), AGE_BANDS, right=False).astype(str),
        "sex": told.pop("is_female").map({1.0: "female", 0.0: "male"}),
    }
    return Rows(told.assign(time=hours, **groups), np.hstack(parts), found.attrition)


def _twins(con: Connection, columns: list[str], lag: int) -> np.ndarray:
    """The columns of the twins so many hours before, times as ages in hours; NaN where none."""
    chosen = [_number(name) for name in columns]
    batches = con.execute(
        f"SELECT {', '.join(chosen)} FROM labelled LEFT JOIN twin.patient_hour AS twin "
        "ON twin.patient_id = labelled.patient_id AND twin.hour = labelled.hour - to_hours($lag) "
        "ORDER BY labelled.patient_id, labelled.hour",
        {"lag": lag},
    ).to_arrow_reader(AT_A_TIME)
    parts = [_matrix(batch) for batch in batches]
    return np.concatenate(parts) if parts else np.empty((0, len(columns)), np.float32)


def _two_days(con: Connection) -> np.ndarray:
    """Of every sign: number, mean, lowest, highest of 48 hours, second day's mean less first's."""
    columns = recipes.of_signs(DAY)
    today, before = (
        _twins(con, columns, lag).reshape(-1, len(columns) // len(DAY), len(DAY)).transpose(2, 0, 1)
        for lag in (0, 24)
    )
    n, m = np.nan_to_num(today[0]), np.nan_to_num(before[0])
    with np.errstate(invalid="ignore"):
        mean = (np.nan_to_num(today[1]) * n + np.nan_to_num(before[1]) * m) / (n + m)
    lowest, highest = np.fmin(today[2], before[2]), np.fmax(today[3], before[3])
    return np.hstack([n + m, mean, lowest, highest, today[1] - before[1]])


def _number(column: str) -> str:
    is_time = vocabulary.twin_columns().get(column) == "TIMESTAMPTZ"
    return f"epoch(twin.hour - twin.{column}) / 3600" if is_time else f"twin.{column}"


def _matrix(batch: pa.RecordBatch) -> np.ndarray:
    columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
    return np.column_stack([column.astype(np.float32) for column in columns])


def _check(rows: Rows, sources: list[str]) -> None:
    who = ", ".join(sources)
    if not len(rows.label):
        raise NotSetUp(
            f"no hour of {who} is labelled: take the export in, and run `wardtwin rebuild`"
        )
    if len(np.unique(rows.label)) == 1:
        raise NotSetUp(f"every hour of {who} has the label {rows.label[0]}: nothing to tell apart")


def _left_out(known: Rows, made: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """Each training row's margin by trees that have not seen its patient, and its fold."""
    fold = cohort.folds(known.told["patient_id"])
    margin = np.empty(len(fold))
    for one in range(cohort.FOLDS):
        own = fold == one
        margin[own] = _margin(_boosted(known, ~own, made), known.matrix[own])
    return margin, fold


def _boosted(known: Rows, chosen: np.ndarray, made: Recipe) -> list[xgb.Booster]:
    """Trees from the chosen rows, one booster a seed."""
    parameters, matrix = TREES | made.trees, known.matrix[chosen]
    label, weight = known.label[chosen], None
    if made.learns_worth:
        worth = utility.gain(known.told["patient_id"].to_numpy()[chosen], label)
        label, weight = worth > 0, np.abs(worth)
    rows = xgb.QuantileDMatrix(matrix, label, weight=weight, max_bin=parameters["max_bin"])
    return [xgb.train(parameters | {"seed": seed}, rows, made.rounds) for seed in range(made.seeds)]


def _margin(boosters: list[xgb.Booster], matrix: np.ndarray) -> np.ndarray:
    found = [one.inplace_predict(matrix, predict_type="margin") for one in boosters]
    return np.mean(found, axis=0, dtype=np.float64)


def _over_folds(
    margin: np.ndarray, known: Rows, fold: np.ndarray, made: Recipe
) -> tuple[np.ndarray, np.ndarray]:
    """Risk and alarm of each row, calibrated and cut by what the other folds' rows say."""
    risk, alarm = np.empty(len(margin)), np.empty(len(margin), dtype=bool)
    for own, line in trees.unseen_lines(margin, known.label, fold):
        risk[own] = trees.risk(margin[own], *line)
        limit = _threshold(known.told[~own], trees.risk(margin[~own], *line), made)
        alarm[own] = risk[own] >= limit
    return risk, alarm


def _elsewhere(
    margin: np.ndarray, known: Rows, unseen: Rows, made: Recipe
) -> tuple[np.ndarray, np.ndarray]:
    """Risk and alarm of other sources' rows: trees of all training patients, their threshold."""
    line = trees.platt(margin, known.label)
    limit = _threshold(known.told, trees.risk(margin, *line), made)
    boosters = _boosted(known, np.ones(len(margin), dtype=bool), made)
    risk = trees.risk(_margin(boosters, unseen.matrix), *line)
    return risk, risk >= limit


def _threshold(told: pd.DataFrame, risk: np.ndarray, made: Recipe) -> float:
    """Of the challenge's own figure, or the one that finds as many hours as NEWS2 at 5 points."""
    label = told["label"].to_numpy()
    if made.judged_by == "utility_2019":
        return utility.best_threshold(told["patient_id"].to_numpy(), label, risk)
    if made.judged_by == "event_2012":
        return mortality2012.best_threshold(label, risk)
    beside_news2, *_ = matched.of(judged.read(told.assign(risk=risk))).values()
    return beside_news2["threshold"] if beside_news2 else float("inf")


def judge(rows: Rows, risk: np.ndarray, alarm: np.ndarray, made: Recipe, resamples: int) -> dict:
    """What these risks and alarms are worth on these rows."""
    told = rows.told.assign(risk=risk)
    threshold = float(risk[alarm].min()) if alarm.any() else float("inf")
    found = {
        "figures": figures.of(told, threshold),
        "intervals": figures.intervals(told, threshold, resamples=resamples),
        "subgroups": figures.subgroups(told, ["age_band", "sex"], threshold),
        "attrition": rows.attrition.to_dict("records"),
    }
    return found | {"challenge": _challenge(told, alarm, made, resamples)}


def _challenge(told: pd.DataFrame, alarm: np.ndarray, made: Recipe, resamples: int) -> dict:
    """The challenge's official figure, with its interval; empty for any other outcome."""
    patient, label = told["patient_id"].to_numpy(), told["label"].to_numpy()
    marks = alarm.astype(int)
    if made.judged_by == "utility_2019":
        return {
            "utility": utility.normalised(patient, label, marks),
            "utility_interval": utility.interval(patient, label, marks, resamples=resamples),
        }
    if made.judged_by == "event_2012":
        return {
            "event1": mortality2012.event1(label, marks),
            "event1_interval": mortality2012.event1_interval(label, marks, resamples=resamples),
            "event2": mortality2012.event2(label, told["risk"].to_numpy()),
        }
    return {}


def told(found: dict) -> dict:
    """The figures that a person looks at first, each with its interval."""
    limits = found["intervals"]
    shown = {name: found[name] for name in ("outcome", "train", "test", "is_cross_validated")}
    for name in ("patients", "patients_with_event", "rows", "positives"):
        shown[name] = found["figures"][name]
    for name in ("auroc", "auroc_news2", "auroc_difference", "auprc", "brier", "calibration_slope"):
        shown[name] = _with_limits(found["figures"][name], limits[name])
    whole = found["challenge"]
    for name in ("utility", "event1"):
        if name in whole:
            shown[name] = _with_limits(whole[name], whole[f"{name}_interval"])
    return shown | ({"event2": round(whole["event2"], 2)} if "event2" in whole else {})


def _with_limits(value: float | None, limits: tuple[float, float] | None) -> str:
    if value is None:
        return "not computable"
    between = "" if limits is None else f" ({limits[0]:.3f} to {limits[1]:.3f})"
    return f"{value:.4f}{between}"
