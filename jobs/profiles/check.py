"""What a decision about a patient's profile must hold: its first fault, and what to do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from warehouse import vocabulary

SCALE = "spo2_scale"
LONGEST = timedelta(days=366)
"""*Ours*: nothing is set for longer; whoever still wants it then decides again."""


def fault(line: dict, *, is_known: bool, landed: datetime) -> str:
    """The first fault of a line as warehouse.decisions describes it; empty where there is none.

    `is_known`: whether its patient is one of ours. `at` has been read before.
    """
    return next(_faults(line, is_known, landed), "")


def _faults(line: dict, is_known: bool, landed: datetime) -> Iterator[str]:
    """Each in the order of asking; after the first, the line may be anything."""
    for name, words in [("by", "your name"), ("reason", "a reason")]:
        text = line.get(name)
        if not isinstance(text, str) or not text.strip():
            yield f"the decision has no {name}: give {words}"
    if not is_known:
        yield "no patient has this pseudonym: take it from the address of the patient's page"
    if instant(line["at"]) > landed + _tolerance():
        yield "it is decided in the future: set this machine's clock"
    action = line.get("action")
    if action == "limit":
        yield from _of_limit(line)
    elif action == "scale":
        yield from _of_scale(line)
    elif action == "end":
        yield from _of_end(line)
    else:
        yield "nothing is decided: say limit, scale or end"


def _of_limit(line: dict) -> Iterator[str]:
    name = line.get("concept")
    if name not in list(vocabulary.concepts().index):
        yield "no concept is called so: concepts.csv names them, such as spo2 or heart_rate"
    if name not in vocabulary.twin_concepts("full"):
        yield f"{name} is not a measured number: only such a sign has limits"
    concept = vocabulary.concepts().loc[name]
    if line.get("unit") not in (concept["unit"], concept["shown_unit"]):
        yield f"the unit is not that of {name}: give the limits in {concept['unit']}"
    yield from _of_bounds(line, concept)
    yield from _of_until(line)


def _of_bounds(line: dict, concept) -> Iterator[str]:
    least, most = float(concept["plausible_low"]), float(concept["plausible_high"])
    given = {name: line[name] for name in ("low", "high") if line.get(name) is not None}
    if not given:
        yield "neither a low nor a high is given: give one or both"
    for name, value in given.items():
        if type(value) not in (int, float):
            yield f"the {name} is not a number: give one"
        if not least <= value <= most:
            told = f"{least:g} and {most:g} {concept['shown_unit']}".strip()
            yield f"the {name} is beyond what can be measured: give one between {told}"
    if len(given) == 2 and given["low"] >= given["high"]:
        yield "the low is not below the high: swap or change them"


def _of_scale(line: dict) -> Iterator[str]:
    if type(line.get("scale")) is not int or line["scale"] != 2:
        yield f"only scale 2 is prescribed; for scale 1 again, end {SCALE}"
    yield from _of_until(line)


def _of_end(line: dict) -> Iterator[str]:
    if line.get("concept") not in [*vocabulary.twin_concepts("full"), SCALE]:
        yield f"nothing is ever set for that: end a sign's limits by its concept, or {SCALE}"


def _of_until(line: dict) -> Iterator[str]:
    until = instant(line.get("until"))
    if until is None:
        yield "until is no time with its zone: give one such as 2026-03-08T12:00:00+00:00"
    if until <= instant(line["at"]):
        yield "until lies before the decision: give a later time"
    if until > instant(line["at"]) + LONGEST:
        yield "until lies more than a year after the decision: give an earlier time"


def instant(text: object) -> datetime | None:
    """An ISO 8601 time with its zone, in UTC; None for anything else."""
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _tolerance() -> timedelta:
    return timedelta(minutes=vocabulary.sources()["decisions"].future_minutes)
