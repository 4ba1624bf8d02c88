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
    lags: tuple[int, ...] = (0,)
    """Hours before the instant at which the twin is looked at as well: 24 doubles the columns."""
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
        statistics=(*LATEST, "n_24h", "mean_24h", "min_24h", "max_24h", "slope_24h"),
        lags=(0, 24),
        judged_by="event_2012",
        rounds=300,
        trees={"eta": 0.03, "min_child_weight": 5.0, "colsample_bytree": 0.1, "subsample": 0.6},
    ),
}
"""By outcome; any other is made as `Recipe()` says."""


def recipe(outcome: str) -> Recipe:
    return RECIPES.get(outcome, Recipe())


def columns(made: Recipe) -> list[str]:
    """The twin's columns that it sees, in order."""
    names = [f"_{name}" for name in vocabulary.features()["name"]]
    kept = tuple(f"_{name}" for name in made.statistics)
    of_signs = [column for column in vocabulary.feature_columns() if _ending(column, names) in kept]
    others = [c for c in vocabulary.twin_columns() if c not in vocabulary.feature_columns()]
    return [*CONTEXT, *of_signs, *(others if made.scores else [])]


def _ending(column: str, names: list[str]) -> str:
    """The longest of the endings: `_mean_24h`, not `_24h`."""
    return max((name for name in names if column.endswith(name)), key=len)
