"""Short, plain, clinical: levels, signs, values, ages and times as people read them."""

import math
from datetime import datetime, timedelta
from functools import cache

import pandas as pd

from warehouse import vocabulary

LEVELS = {
    "emergency": "Emergency",
    "urgent": "Urgent",
    "watch": "Watch",
    "routine": "Routine",
    "unknown": "No current score",
}
"""Level -> its word, the worst first. Shape and colour: `assets/levels.css`, `figures.py`."""

CAUSES = {
    "news2_total": "NEWS2",
    "news2_single": "3 in one sign",
    "risk": "Risk",
    "personal_limit": "Own limit",
}
"""What opened an alert, in words."""

SEXES = {"female": "F", "male": "M", "other": "other sex"}

MISSING = "—"


@cache
def signs() -> tuple[str, ...]:
    """The seven parameters of NEWS2, in the order of the RCP's chart."""
    return tuple(vocabulary.table("news2")["parameter"].unique())


def concept(name: str) -> str:
    """A concept's short name, to begin a line with.

    >>> concept("respiratory_rate"), concept("spo2")
    ('Respiratory rate', 'SpO2')
    """
    return sentence(_of(name)["short"])


def sentence(text: str) -> str:
    """With a capital first letter; the others as they are."""
    return text[:1].upper() + text[1:]


def unit(name: str) -> str:
    """A concept's unit as people write it; empty where there is none."""
    return _of(name)["shown_unit"]


@cache
def _of(name: str) -> dict:
    """The concept's row of concepts.csv."""
    return vocabulary.concepts().loc[name].to_dict()


def number(name: str, value: float) -> str:
    """A value with the concept's decimals, rounded half up: as it is charted and scored.

    >>> number("heart_rate", 40.5), number("temperature", 38.04)
    ('41', '38.0')
    """
    decimals = int(_of(name)["decimals"])
    scaled = math.floor(round(value * 10**decimals, 6) + 0.5)
    return f"{scaled / 10**decimals:.{decimals}f}"


def quantity(name: str, value: float | None) -> str:
    """A value with its unit, or the word of a coded one; "—" when there is none.

    >>> quantity("spo2", 84.0), quantity("consciousness", 1.0), quantity("spo2", None)
    ('84 %', 'New confusion', '—')
    """
    if value is None or pd.isna(value):
        return MISSING
    return coded(name, value) or f"{number(name, value)} {unit(name)}".strip()


def coded(name: str, value: float) -> str:
    """The word of a coded value; empty for a measured one."""
    return _coded().get((name, value), "")


def said(name: str, value: float) -> str:
    """Concept and value in one: `SpO2 84 %`, `Consciousness: new confusion`."""
    if word := coded(name, value):
        return f"{concept(name)}: {word.lower()}"
    return f"{concept(name)} {quantity(name, value)}"


def limit(name: str, low: float | None, high: float | None) -> str:
    """What is told of a sign that has limits of the patient's own.

    >>> limit("spo2", 88, None), limit("temperature", 36, 38.5)
    ('SpO2 below 88 %', 'Temperature below 36.0 °C or above 38.5 °C')
    """
    sides = [("below", low), ("above", high)]
    told = [f"{side} {quantity(name, value)}" for side, value in sides if not pd.isna(value)]
    return f"{concept(name)} {' or '.join(told)}"


@cache
def _coded() -> dict[tuple[str, float], str]:
    rows = vocabulary.table("coded_values").itertuples()
    return {(row.concept, float(row.value)): row.display for row in rows}


def age(span: timedelta) -> str:
    """How old: minutes up to 90, hours and minutes up to six hours, hours, days from two on.

    >>> age(timedelta(seconds=20)), age(timedelta(minutes=45)), age(timedelta(hours=3.4))
    ('under 1 min', '45 min', '3 h 24 min')
    >>> age(timedelta(hours=6.9)), age(timedelta(days=2.5))
    ('6 h', '2 days')
    """
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 6:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def ago(span: timedelta) -> str:
    """How long ago, to the second within two minutes."""
    seconds = max(0, int(span.total_seconds()))
    return f"{seconds} s ago" if seconds < 120 else f"{age(span)} ago"


def clock(time: datetime) -> str:
    """The time of day with its offset: `14:05 +00:00`."""
    return f"{time:%H:%M} {_offset(time)}"


def day(time: datetime) -> str:
    """`21 Nov 2026`."""
    return f"{time:%-d %b %Y}"


def moment(time: datetime) -> str:
    """Day and time with its offset: `21 Nov 2026 14:05 +00:00`."""
    return f"{day(time)} {clock(time)}"


def time_of_day(time: datetime, at: datetime) -> str:
    """`12:10`, with the day before it unless it is the day of `at`; the page says the offset."""
    return f"{time:%H:%M}" if time.date() == at.date() else f"{time:%-d %b %H:%M}"


def _offset(time: datetime) -> str:
    return f"{time:%z}"[:3] + ":" + f"{time:%z}"[3:]


def text(value: str | float | None) -> str | None:
    """A text of a frame, where a missing one is NaN; None if there is none."""
    return None if pd.isna(value) else value


def initials(name: str | None) -> str:
    """All that a page shows of a name.

    >>> initials("Anna Maria Brown"), initials(None)
    ('A. B.', '')
    """
    parts = (name or "").split()
    first_and_last = parts[:1] + parts[1:][-1:]
    return " ".join(f"{part[0].upper()}." for part in first_and_last)


def age_and_sex(years: float | None, sex: str | None) -> str:
    """`72 F`; what is not known is left out."""
    known = "" if years is None or pd.isna(years) else str(int(years))
    return f"{known} {SEXES.get(sex, '')}".strip()


def stay(start: datetime, at: datetime) -> str:
    """`day 3`: the day of admission is day 1; nothing when the admission is not known."""
    return "" if pd.isna(start) else f"day {(at - start).days + 1}"


def percent(risk: float) -> str:
    """A probability as people read it; never 0 and never 100.

    >>> percent(0.412), percent(0.004), percent(0.999)
    ('41 %', 'under 1 %', 'over 99 %')
    """
    if risk < 0.01:
        return "under 1 %"
    return "over 99 %" if risk > 0.99 else f"{100 * risk:.0f} %"
