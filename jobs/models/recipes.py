"""How a model of each outcome is made: which of the twin's columns it sees, and by which trees.

Chosen on training patients only (cross-validated on sets A of the challenges).
"""

from dataclasses import dataclass, field
from typing import Literal

from warehouse import vocabulary

CONTEXT = ("age", "is_female", "hours_in_hospital", "hours_in_place")

LATEST = ("last", "time")


@dataclass(frozen=True)
class Recipe:
    """What `study` trains for an outcome."""

    statistics: tuple[str, ...] = (*LATEST, "n_24h", "min_24h", "max_24h", "mean_6h", "change")
    """Names in features.csv; `n_*` is how often a sign was measured, so it tells what staff do."""
    earlier: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Hours before the instant -> the statistics that the twin of then adds."""
    joins_days: bool = False
    """Whether number, mean, lowest and highest of the last 48 hours are seen, and how the mean of
    the second day differs from the first's: two windows of 24 hours made one."""
    scores: bool = True
    """Whether NEWS2 and its kin, and derived physiology, are seen."""
    judged_by: Literal["", "utility_2019", "event_2012"] = ""
    """The challenge whose own figure chooses the threshold; else NEWS2's sensitivity does."""
    learns_worth: bool = False
    """Whether rows teach by what an alarm there is worth, not by their label."""
    rounds: int = 200
    seeds: int = 2
    """Models that differ by their random numbers alone; their mean is the model."""
    trees: dict = field(default_factory=dict)
    """What differs from TREES."""


TREES = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_bin": 64,
    "max_depth": 4,
    "eta": 0.05,
    "subsample": 0.7,
    "colsample_bytree": 0.3,
    "min_child_weight": 50,
    "lambda": 10.0,
    "nthread": 2,
}

RECIPES = {
    "sepsis_2019": Recipe(judged_by="utility_2019", learns_worth=True, rounds=250),
    "mortality_2012": Recipe(
        statistics=(*LATEST, "slope_24h", "sd_24h", "mean_6h"),
        earlier={36: ("mean_6h",)},
        joins_days=True,
        judged_by="event_2012",
        rounds=500,
        seeds=5,
        trees={
            "max_depth": 3,
            "nthread": 1,
            "eta": 0.03,
            "min_child_weight": 5.0,
            "colsample_bytree": 0.1,
            "subsample": 0.6,
            "lambda": 5.0,
        },
    ),
}
"""By outcome; any other is made as `Recipe()` says."""


def recipe(outcome: str) -> Recipe:
    return RECIPES.get(outcome, Recipe())


def columns(made: Recipe) -> list[str]:
    """The columns of the instant's own twin that it sees, in order."""
    others = [c for c in vocabulary.twin_columns() if c not in vocabulary.feature_columns()]
    return [*CONTEXT, *of_signs(made.statistics), *(others if made.scores else [])]


def of_signs(statistics: tuple[str, ...]) -> list[str]:
    """The columns of all signs that hold one of these statistics, in the twin's order."""
    names = [f"_{name}" for name in vocabulary.features()["name"]]
    kept = {f"_{name}" for name in statistics}
    return [c for c in vocabulary.feature_columns() if _ending(c, names) in kept]


def _ending(column: str, names: list[str]) -> str:
    """The longest of the endings: `_mean_24h`, not `_24h`."""
    return max((name for name in names if column.endswith(name)), key=len)
