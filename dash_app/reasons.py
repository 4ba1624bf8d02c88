"""Why a patient stands where they stand: parts of NEWS2 and what moves the risk, in words."""

import json
from datetime import datetime
from functools import cache

import pandas as pd

from dash_app import current, words
from warehouse import vocabulary


def news2_parts(patient) -> list[dict]:
    """The seven parts of NEWS2 in the RCP's order, for one row of `current.as_seen`.

    `points` is None for a part that does not count; `note` then says why.
    """
    return [_part(patient, sign) for sign in words.signs()]


def _part(patient, sign: str) -> dict:
    points = getattr(patient, f"news2_{sign}")
    source = current.source_of(patient, sign)
    if source is None or pd.isna(points):
        note = _why_missing(patient, sign)
        return {
            "sign": sign,
            "concept": sign,
            "value": None,
            "points": None,
            "age": "",
            "note": note,
        }
    return {
        "sign": sign,
        "concept": source,
        "value": getattr(patient, f"{source}_last"),
        "points": int(points),
        "age": words.age(patient.at - getattr(patient, f"{source}_time")),
        "note": "",
    }


def _why_missing(patient, sign: str) -> str:
    time = getattr(patient, f"{sign}_time")
    if pd.isna(time):
        return f"not measured in the last {_window_hours()} h"
    limit = f"{vocabulary.concepts().at[sign, 'valid_hours']:.0f} h"
    value = words.quantity(sign, getattr(patient, f"{sign}_last"))
    return f"{value} is {words.age(patient.at - time)} old, limit {limit}"


@cache
def _window_hours() -> int:
    """How far back a twin looks for a latest value."""
    return int(vocabulary.features().set_index("name").at["last", "window_hours"])


def strongest(patient, count: int = 2) -> list[tuple[str, str]]:
    """The first reasons and how old each is: `("SpO2 84 % on air", "2 min")`.

    First the parts of NEWS2 with 2 or 3 points, then what pushes the risk up, then the parts with
    1 point; each concept once. A risk that does not count any more gives no reasons.
    """
    parts = news2_parts(patient)
    heavy = {p["concept"]: _part_words(p, parts) for p in _by_points(parts) if p["points"] >= 2}
    light = {p["concept"]: _part_words(p, parts) for p in _by_points(parts) if p["points"] == 1}
    rising = _rising(patient)
    told = heavy | light | rising
    return [told[concept] for concept in heavy | rising | light][:count]


def _by_points(parts: list[dict]) -> list[dict]:
    return sorted((p for p in parts if p["points"]), key=lambda part: -part["points"])


def _part_words(part: dict, parts: list[dict]) -> tuple[str, str]:
    told = words.said(part["concept"], part["value"])
    if part["sign"] == "spo2":
        breathed = {0: " on air", 2: " on oxygen"}
        told += next(breathed.get(p["points"], "") for p in parts if p["sign"] == "oxygen")
    return told, part["age"]


def _rising(patient) -> dict[str, tuple[str, str]]:
    """Measured concept -> what about it pushes the risk up: its value and its trend."""
    if pd.isna(patient.risk):
        return {}
    up = [p for p in _risk_reasons(patient.risk_reasons) if p["contribution"] > 0 and p["time"]]
    return {p["concept"]: (words.sentence(p["words"]), _age(p, patient.at)) for p in up}


def risk_parts(told: str | None, at: datetime) -> tuple[list[str], list[str]]:
    """What pushes the risk up, and what down, the strongest first. `told`: model.prediction."""
    parts = _risk_reasons(told)
    up = [_with_age(part, at) for part in parts if part["contribution"] > 0]
    return up, [_with_age(part, at) for part in parts if part["contribution"] < 0]


def _risk_reasons(told: str | None) -> list[dict]:
    return json.loads(told) if isinstance(told, str) else []


def _with_age(part: dict, at: datetime) -> str:
    told = words.sentence(part["words"])
    return f"{told} · {_age(part, at)}" if part["time"] else told


def _age(part: dict, at: datetime) -> str:
    return words.age(at - datetime.fromisoformat(part["time"]))


def of_alert(told: str) -> str:
    """What an alert was raised for, as it was then: `SpO2 84 %, Respiratory rate 28 /min`.

    A limit of the patient's own is told with it: `SpO2 86 % (below 88 %)`.
    """
    return ", ".join(_of_alert(part) for part in json.loads(told))


def _of_alert(part: dict) -> str:
    if "words" in part:
        return words.sentence(part["words"])
    told = words.said(part["concept"], part["value"])
    for side, word in [("low", "below"), ("high", "above")]:
        if side in part:
            told += f" ({word} {words.quantity(part['concept'], part[side])})"
    return told
