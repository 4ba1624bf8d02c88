"""What a reason says: "respiratory rate 28 /min, up from 18 in six hours"."""

import math
from collections.abc import Callable
from functools import cache

import pandas as pd

from warehouse import vocabulary

Cell = Callable[[str], object]
"""One patient's twin: column name -> value, NaN or NaT where missing."""

NOTHING = {"value": None, "unit": None, "time": None}


def reason(about: str, strongest: str, cell: Cell) -> dict:
    """concept, value, unit (UCUM), time (ISO 8601) and words of one reason.

    `about` is a concept, `age`, `sex` or `news2`; `strongest` the feature that tells most about it.
    """
    if about in NOT_SIGNS:
        return {"concept": about, **NOTHING} | NOT_SIGNS[about](cell)
    value, time = cell(f"{about}_last"), cell(f"{about}_time")
    if math.isnan(value):
        return {"concept": about, **NOTHING, "words": _absence(about)}
    return {
        "concept": about,
        "value": round(float(value), _decimals(about)),
        "unit": _of(about)["unit"],
        "time": None if pd.isna(time) else time.isoformat(),
        "words": f"{_shown(about, value)}{_course(about, strongest, cell)}",
    }


def _age(cell: Cell) -> dict:
    years = cell("age")
    if math.isnan(years):
        return {"words": "age not known"}
    return {"value": float(int(years)), "unit": "a", "words": f"age {int(years)}"}


def _sex(cell: Cell) -> dict:
    return {"words": {1.0: "female", 0.0: "male"}.get(cell("is_female"), "sex not known")}


def _news2(cell: Cell) -> dict:
    total, known = cell("news2_total"), cell("news2_known")
    if math.isnan(total):
        return {"words": "no NEWS2: no sign is known"}
    text = (
        f"NEWS2 {total:.0f}"
        if known == 7
        else f"NEWS2 at least {total:.0f}, {known:.0f} of 7 signs"
    )
    return {"value": float(total), "words": text}


NOT_SIGNS = {"age": _age, "sex": _sex, "news2": _news2}


def _absence(concept: str) -> str:
    hours = vocabulary.features().set_index("name").at["last", "window_hours"]
    return f"no {_short(concept)} in the last {hours} hours"


def _shown(concept: str, value: float) -> str:
    """`SpO2 84 %`, `consciousness: new confusion`."""
    if (concept, value) in _coded():
        return f"{_short(concept)}: {_coded()[concept, value]}"
    unit = _of(concept)["shown_unit"]
    return f"{_short(concept)} {_number(concept, value)} {unit}".rstrip()


@cache
def _coded() -> dict[tuple[str, float], str]:
    """What the values of coded concepts mean, in small letters."""
    rows = vocabulary.table("coded_values").itertuples()
    return {(row.concept, float(row.value)): row.display.lower() for row in rows}


def _course(concept: str, strongest: str, cell: Cell) -> str:
    """Against the patient's own day where that told most, else against the last six hours."""
    if _of(concept)["features"] != "full":
        return ""
    if strongest.endswith(("_24h", "_change")):
        return _against_own_mean(concept, cell)
    return _since_six_hours(concept, cell)


def _against_own_mean(concept: str, cell: Cell) -> str:
    change = cell(f"{concept}_change")
    if math.isnan(change) or not _is_visible(concept, change):
        return ""
    side = "above" if change > 0 else "below"
    return f", {_number(concept, abs(change))} {side} own 24-hour mean"


def _since_six_hours(concept: str, cell: Cell) -> str:
    value, low, high = (cell(f"{concept}_{name}") for name in ("last", "min_6h", "max_6h"))
    if math.isnan(low) or not _is_visible(concept, max(value - low, high - value)):
        return ""
    if value - low >= high - value:
        return f", up from {_number(concept, low)} in six hours"
    return f", down from {_number(concept, high)} in six hours"


def _is_visible(concept: str, difference: float) -> bool:
    """Whether a difference survives rounding to the concept's decimals."""
    return round(abs(float(difference)), _decimals(concept)) > 0


def _number(concept: str, value: float) -> str:
    return f"{value:.{_decimals(concept)}f}"


def _decimals(concept: str) -> int:
    return int(_of(concept)["decimals"])


def _short(concept: str) -> str:
    return _of(concept)["short"]


@cache
def _of(concept: str) -> dict:
    """The concept's row of concepts.csv."""
    return vocabulary.concepts().loc[concept].to_dict()
