"""What a model learns to foresee: an outcome's YAML and the records make the hours' labels."""

import operator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from jobs.twins import episodes
from warehouse import vocabulary
from warehouse.keys import Keys
from warehouse.lake import Connection, frame, sql
from warehouse.outcome import COMPARISONS, Outcome, Predicate

IS_SO = dict(zip(COMPARISONS, (operator.ge, operator.gt, operator.le, operator.lt), strict=True))

OF_OTHERS, NOT_ASKED, DISCHARGED = 0, 1, 2
"""The first steps at which sql/outcome_hours.sql leaves hours out; the exclusions follow."""


@dataclass(frozen=True)
class Labelled:
    """The hours that an outcome labels, and where the others went."""

    rows: pd.DataFrame
    """In order of patient_id and hour: patient_id, hour, label (1: it happened, 0: it did not)."""
    attrition: pd.DataFrame
    """One row a step: step, hours_left_out and patients_left_out (of whom no hour remains) by it,
    hours and patients that remain. The first row is what there was, the last what `rows` holds."""


def names() -> list[str]:
    """The outcomes that ship and the hospital's own."""
    return list(vocabulary.outcomes())


def read(name: str) -> Outcome:
    """The outcome of this name. `NotSetUp` for none, or naming file and field of a faulty YAML."""
    return vocabulary.outcome(name)


def labels(
    con: Connection,
    outcome: Outcome,
    sources: list[str] | None = None,
    *,
    keys: Keys | None = None,
) -> Labelled:
    """The hours of the twins' history that the outcome labels, as the records tell it afterwards.

    `sources`: only of patients whom one of these sent, or a stay of theirs. `keys`: the lake's,
    for an outcome that asks for a source's own code: most of those lie veiled.
    """
    steps = _steps(outcome, sources)
    con.register("outcome_events", _events(con, outcome, keys))
    con.register("outcome_exclusions", _exclusions(outcome))
    hours = frame(con, sql("outcome_hours"), _asked(outcome, sources))
    con.unregister("outcome_events")
    con.unregister("outcome_exclusions")
    kept = hours[hours["left_out"].isna()].drop(columns="left_out").reset_index(drop=True)
    return Labelled(kept, _attrition(hours, steps))


def made_of(outcome: Outcome) -> str:
    """All text that its labels depend on, so that a model's code version can cover it."""
    queries = ["outcome_hours", "event_place", "event_treatment", "event_death", "values_told"]
    modules = [Path(__file__)]
    if any(predicate.kind == "episode" for predicate in outcome.predicates.values()):
        here = Path(episodes.__file__)
        modules += [here, here.parent / "scores/kdigo.py", vocabulary.REFERENCE / "kdigo.csv"]
    told = [outcome.model_dump_json(), *map(sql, queries)]
    return "".join([*told, *(path.read_text() for path in modules)])


def _events(con: Connection, outcome: Outcome, keys: Keys | None) -> pd.DataFrame:
    """One row per event of any predicate: predicate, patient_id, start_time, end_time, value."""
    found = [
        _compared(_happened(con, predicate, keys), predicate).assign(predicate=name)
        for name, predicate in outcome.predicates.items()
    ]
    return pd.concat(found, ignore_index=True)


def _happened(con: Connection, predicate: Predicate, keys: Keys | None) -> pd.DataFrame:
    match predicate.kind:
        case "place":
            return frame(con, sql("event_place"), {"kind": predicate.place})
        case "treatment":
            return frame(con, sql("event_treatment"), {"concepts": _concepts(predicate.treatment)})
        case "death":
            return frame(con, sql("event_death"))
        case "episode":
            return _kidney(con)
        case "concept":
            return _told(con, predicate.concept, None)
    if keys is None:
        raise ValueError(f"{predicate.source_code} lies veiled: give the lake's keys")
    return _told(con, None, keys.veil(predicate.source_code))


def _told(con: Connection, concept: str | None, source_code: str | None) -> pd.DataFrame:
    asked = {"concept": concept, "source_code": source_code, "patient": None}
    return _at_once(frame(con, sql("values_told"), asked))


def _concepts(asked: tuple[str, ...]) -> list[str]:
    """The concepts of these names and of these kinds."""
    known = vocabulary.concepts()
    return list(known.index[known.index.isin(asked) | known["kind"].isin(asked)])


def _kidney(con: Connection) -> pd.DataFrame:
    stages = episodes.kidney(con).dropna(subset="kdigo_stage")
    return _at_once(stages.rename(columns={"kdigo_stage": "value"}))


def _at_once(told: pd.DataFrame) -> pd.DataFrame:
    """Events that do not last: patient_id, time, value."""
    times = {"start_time": told["time"], "end_time": told["time"]}
    return told[["patient_id", "value"]].assign(**times)


def _compared(events: pd.DataFrame, predicate: Predicate) -> pd.DataFrame:
    for name, is_so in IS_SO.items():
        if (limit := getattr(predicate, name)) is not None:
            events = events[is_so(events["value"], limit)]
    return events


def _exclusions(outcome: Outcome) -> pd.DataFrame:
    """One row per excluding predicate, in order: step, predicate, lasts (until its end only)."""
    rows = [(name, True) for name in outcome.exclusions.during]
    rows += [(name, False) for name in outcome.exclusions.after]
    found = pd.DataFrame(rows, columns=["predicate", "lasts"]).astype({"predicate": "str"})
    return found.assign(step=range(DISCHARGED + 1, DISCHARGED + 1 + len(rows)))


def _asked(outcome: Outcome, sources: list[str] | None) -> dict:
    """The parameters of sql/outcome_hours.sql."""
    at, window, censoring = outcome.at, outcome.window, outcome.censoring
    excluded = outcome.exclusions.during + outcome.exclusions.after
    return {
        "sources": sources,
        "within_hours": at.last_hour_within if at else None,
        "of": at.of if at else None,
        "trigger": list(outcome.trigger),
        "window_hours": window.hours,
        "is_start_inclusive": window.start_inclusive,
        "stay_has_ended": censoring.stay_has_ended,
        "record_goes_on": censoring.record_goes_on,
        "told_by": list(censoring.told_by),
        "censored": DISCHARGED + 1 + len(excluded),
    }


def _steps(outcome: Outcome, sources: list[str] | None) -> dict[int, str]:
    """Why hours are left out, in the order in which it is asked; the numbers are those of SQL."""
    found = {}
    if sources is not None:
        found[OF_OTHERS] = f"of no patient of {', '.join(sources)}"
    if at := outcome.at:
        found[NOT_ASKED] = f"not the last within {at.last_hour_within} h of {at.of} in the stay"
    found[DISCHARGED] = "after discharge"
    reasons = [f"during {name}" for name in outcome.exclusions.during]
    reasons += [f"after {name} in the stay" for name in outcome.exclusions.after]
    found |= dict(enumerate(reasons, start=DISCHARGED + 1))
    found[DISCHARGED + 1 + len(reasons)] = "without an event, and not followed long enough"
    return found


def _attrition(hours: pd.DataFrame, steps: dict[int, str]) -> pd.DataFrame:
    step = hours["left_out"].fillna(max(steps) + 1)
    last_of_patient = step.groupby(hours["patient_id"]).max()
    rows = [("hours of the twins", 0, 0, len(step), len(last_of_patient))]
    for number, reason in steps.items():
        left_out = [(each == number).sum() for each in (step, last_of_patient)]
        remain = [(each > number).sum() for each in (step, last_of_patient)]
        rows.append((reason, *left_out, *remain))
    columns = ["step", "hours_left_out", "patients_left_out", "hours", "patients"]
    return pd.DataFrame(rows, columns=columns)
