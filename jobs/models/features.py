"""The model's view of a twin: one definition, for training and for scoring.

Left out on purpose:
- hours_in_hospital: where stays end with the event (a simulator, a short export) it tells the
  answer; where they do not, age and course already say most of what it could.
- how often a sign was measured (`n_*`): nurses measure more when they worry, so that a model
  would hand their worry back to them, and a monitor newly attached would look like illness.
  `names(with_frequency=True)` lets someone measure what that is worth.
"""

import hashlib
from functools import cache

import numpy as np
import pandas as pd

from warehouse import vocabulary
from warehouse.errors import ModelUnusable

PATIENT = {"age": "age", "is_female": "sex"}
"""Features of the person -> the group under which they are explained."""

SCORE = ("known", "total", "highest")
"""NEWS2 as a whole; its parts belong to their signs."""


def names(*, with_frequency: bool = False) -> list[str]:
    """The features in order; `with_frequency` adds how often each sign was measured."""
    return [name for name in groups() if with_frequency or name not in frequency()]


@cache
def groups() -> dict[str, str]:
    """Every feature -> what it is about: a concept, `age`, `sex`, or `news2`."""
    concepts = vocabulary.twin_concepts("full") + vocabulary.twin_concepts("last")
    of_sign = {f"{c}_{name}": c for c in concepts for name in vocabulary.features()["name"]}
    found = PATIENT | {_feature(c): of_sign[c] for c in vocabulary.feature_columns()}
    for parameter in vocabulary.table("news2")["parameter"].unique():
        found[f"news2_{parameter}"] = parameter
    return found | {"news2_scale": "spo2_scale"} | {f"news2_{part}": "news2" for part in SCORE}


@cache
def members(ordered: tuple[str, ...]) -> dict[str, list[int]]:
    """What each feature is about -> the places of its features in the given order."""
    found = {}
    for place, name in enumerate(ordered):
        found.setdefault(groups()[name], []).append(place)
    return found


@cache
def frequency() -> frozenset[str]:
    """The features that count measurements."""
    table = vocabulary.features()
    counts = table.loc[table["statistic"] == "n", "name"]
    return frozenset(f"{c}_{n}" for c in vocabulary.twin_concepts("full") for n in counts)


def feature_set(ordered: list[str]) -> str:
    """Digest of the ordered feature names."""
    return hashlib.sha256("\n".join(ordered).encode()).hexdigest()[:16]


def matrix(twins: pd.DataFrame, instant: str, ordered: list[str]) -> np.ndarray:
    """Rows of twins as float32 (rows, features); missing is NaN, times are ages in hours.

    `instant` names the column that holds each row's own time (`hour` or `time`).
    """
    columns = _columns()
    absent = [name for name in ordered if columns.get(name) not in twins]
    if absent:
        raise ModelUnusable(
            f"the twins lack {len(absent)} of the model's features ({absent[0]}, ...): "
            "run `wardtwin train` and promote a model of today's features"
        )
    found = np.empty((len(twins), len(ordered)), dtype=np.float32)
    for position, name in enumerate(ordered):
        values = twins[columns[name]]
        if _is_time(columns[name]):
            values = (twins[instant] - values).dt.total_seconds() / 3600
        found[:, position] = values
    return found


@cache
def _columns() -> dict[str, str]:
    """Every feature -> the twin column it is made of."""
    return {name: name for name in groups()} | {
        _feature(column): column for column in vocabulary.feature_columns()
    }


def _feature(column: str) -> str:
    """`spo2_time` becomes `spo2_age`: how old the latest value is."""
    return column.removesuffix("_time") + "_age" if _is_time(column) else column


def _is_time(column: str) -> bool:
    return vocabulary.feature_columns().get(column) == "TIMESTAMPTZ"
