"""Instants in, every column of a twin out: the one definition, for the history and for now."""

from functools import cache

import numpy as np
import pyarrow as pa

from jobs.twins import courses, derived, kernel, readings, scores, signs, worst
from jobs.twins.readings import Readings
from jobs.twins.signs import NEVER, Latest
from warehouse import vocabulary
from warehouse.lake import Connection, sql


def twins(con: Connection, instants: pa.Table) -> pa.Table:
    """One row per instant (patient_id, time), sorted: all that patient_hour and patient_now share.

    Rows used: time and arrived at or before the instant, each value in its version of then.
    """
    con.register("wanted_instants", instants)
    con.register("treatment_kinds", _treatment_kinds())
    context = con.execute(sql("twin_context")).to_arrow_table().combine_chunks()
    instant = context["time"].cast(pa.int64()).to_numpy()
    patient_id = context["patient_id"].to_numpy()
    windows = readings.windows(patient_id, instant)
    found = readings.read(con, windows, patient_id)
    given = courses.read(con, windows, patient_id)
    hours = readings.look_back_hours()
    latest = {name: signs.latest(rows, instant, hours[name]) for name, rows in found.items()}
    features = {}
    for concept, rows in found.items():
        features |= _features(concept, rows, latest[concept], instant)
    columns = dict(zip(context.column_names, context.columns, strict=True))
    columns |= {name: features[name] for name in vocabulary.feature_columns()}
    valid = signs.valid(latest, instant)
    told = signs.of(valid)
    physiology = derived.of(valid, told["oxygen"].to_numpy())
    columns |= {name: _floats(physiology[name]) for name in vocabulary.derived_columns()}
    summary = {name: _numbers(columns[name]) for name in worst.NEEDED}
    lowest_and_highest = worst.of(found, given, summary, instant)
    for score in (
        scores.news2(told), scores.mews(told), scores.qsofa(told), scores.sirs(told),
        scores.sofa(lowest_and_highest),
    ):  # fmt: skip
        columns |= {name: _floats(score[name].to_numpy()) for name in score}
    return pa.table(columns)


def _features(
    concept: str, rows: Readings, latest: Latest, instant: np.ndarray
) -> dict[str, pa.Array]:
    """The columns of one concept, as features.csv tells."""
    recent = latest.within(instant, readings.last_hours())
    columns = {f"{concept}_last": _floats(recent.value), f"{concept}_time": _times(recent.time)}
    if concept in _full_concepts():
        figures = _window_figures(rows, instant)
        for name, statistic, hours in _window_features():
            if statistic == "change":
                values = recent.value - figures["mean", hours]
            else:
                values = figures[statistic, hours]
            columns[f"{concept}_{name}"] = _floats(values)
    return columns


def _window_figures(rows: Readings, instant: np.ndarray) -> dict[tuple[str, int], np.ndarray]:
    """Every statistic of every window: float64 by (statistic, hours)."""
    windows = sorted({hours for _, _, hours in _window_features()})
    found = kernel.window_statistics(*rows, instant, np.array(windows))
    return {
        (statistic, hours): found[w, s]
        for w, hours in enumerate(windows)
        for s, statistic in enumerate(kernel.STATISTICS)
    }


@cache
def _treatment_kinds() -> pa.Table:
    """concept and kind of what is given: vasopressor, inotrope, ventilation, support."""
    kinds = vocabulary.concepts()["kind"]
    kinds = kinds[kinds.isin(["vasopressor", "inotrope", "ventilation", "support"])]
    return pa.table({"concept": list(kinds.index), "kind": list(kinds)})


@cache
def _full_concepts() -> set[str]:
    return set(vocabulary.twin_concepts("full"))


@cache
def _window_features() -> list[tuple[str, str, int]]:
    """Name, statistic and hours of the features that only a full concept has."""
    features = vocabulary.features()
    kept = features.loc[features["needs"] == "full", ["name", "statistic", "window_hours"]]
    return list(kept.itertuples(index=False, name=None))


def _floats(values: np.ndarray) -> pa.Array:
    """FLOAT, NaN as NULL."""
    return pa.array(values.astype(np.float32), from_pandas=True)


def _numbers(column: pa.Array) -> np.ndarray:
    """float64, NULL as NaN."""
    return column.to_numpy(zero_copy_only=False).astype(float)


def _times(micros: np.ndarray) -> pa.Array:
    return pa.array(micros, pa.timestamp("us", tz="UTC"), mask=micros == NEVER)
