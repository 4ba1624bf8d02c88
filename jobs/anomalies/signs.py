"""The signs that are looked at, and how they are written."""

from functools import cache

from jobs.twins.scores import MEASURED
from warehouse import vocabulary

SIGNS = (*MEASURED, "diastolic_bp")
"""The measured signs of NEWS2, and the diastolic pressure: pressures are odd in pairs too."""


def resolution(sign: str) -> float:
    """The smallest difference that is charted: 1 /min, 0.1 °C."""
    return 10.0 ** -decimals(sign)


def number(sign: str, value: float, *, more_decimals: int = 0) -> str:
    """With the sign's decimals; never a negative nought."""
    places = decimals(sign) + more_decimals
    return f"{round(float(value), places) + 0.0:.{places}f}"


def name(sign: str) -> str:
    """As in the middle of a sentence."""
    return _of(sign)["short"]


def unit(sign: str) -> str:
    """As people write it."""
    return _of(sign)["shown_unit"]


def valid_hours(sign: str) -> float:
    """How long a value counts."""
    return float(_of(sign)["valid_hours"])


def decimals(sign: str) -> int:
    return int(_of(sign)["decimals"])


@cache
def _of(sign: str) -> dict:
    """The sign's row of concepts.csv."""
    return vocabulary.concepts().loc[sign].to_dict()
