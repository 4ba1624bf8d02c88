"""`wardtwin profile`: what is set for one patient alone, by whom, why and until when."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from jobs.log import say, say_rows
from jobs.times import utc
from warehouse import Lake, vocabulary

profile_app = typer.Typer(
    help="A patient's own limits and SpO2 scale: show, limit, scale, end.", no_args_is_help=True
)

Patient = Annotated[int, typer.Argument(help="The patient's pseudonym, as in a page's address.")]
Concept = Annotated[str, typer.Argument(help="A sign of concepts.csv, such as spo2.")]
Until = Annotated[datetime, typer.Option(help="UTC; at most a year from now.")]
By = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why, in a few words.")]
Trial = Annotated[bool, typer.Option("--dry-run", help="Check it, and say it; land nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


@profile_app.command()
def show(patient: Patient, as_json: AsJson = False) -> None:
    """What is in force now: it is a patient's. For the eyes of who may see it."""
    from jobs.profiles import decide

    lake = Lake.from_env()
    with lake.read() as con:
        found = decide.in_force(con, lake, patient, datetime.now(UTC))
    if as_json:
        say_rows(found)
    else:
        print(found.to_string(index=False) if len(found) else "nothing is set for this patient")


@profile_app.command()
def limit(
    patient: Patient, concept: Concept, until: Until, by: By, reason: Reason,
    low: Annotated[float | None, typer.Option(help="What is below is told.")] = None,
    high: Annotated[float | None, typer.Option(help="What is above is told.")] = None,
    unit: Annotated[str | None, typer.Option(help="The sign's own if not given.")] = None,
    trial: Trial = False,
) -> None:  # fmt: skip
    """Tell of a sign below or above a limit of this patient's own; NEWS2 and risk go on."""
    about = {"concept": concept, "low": low, "high": high, "until": utc(until)}
    about |= {"unit": unit if unit is not None else _unit(concept)}
    _decide("limit", patient, trial, by=by, reason=reason, **about)


@profile_app.command()
def scale(
    patient: Patient, scale: Annotated[int, typer.Argument(help="2: a target of 88 to 92 %.")],
    until: Until, by: By, reason: Reason, trial: Trial = False,
) -> None:  # fmt: skip
    """Prescribe NEWS2's SpO2 scale 2; scale 1 counts again from --until on."""
    _decide("scale", patient, trial, by=by, reason=reason, scale=scale, until=utc(until))


@profile_app.command()
def end(
    patient: Patient, concept: Annotated[str, typer.Argument(help="A sign, or spo2_scale.")],
    by: By, reason: Reason, trial: Trial = False,
) -> None:  # fmt: skip
    """End what is in force, before its time."""
    _decide("end", patient, trial, by=by, reason=reason, concept=concept)


def _decide(action: str, patient: int, trial: bool, **said) -> None:
    """Check the decision, land it as a file and take it in at once."""
    from jobs import microbatch
    from jobs.profiles import decide

    lake, at = Lake.from_env(), datetime.now(UTC)
    decided = decide.line(action, patient, at=at, **said)
    if trial:
        decide.check_it(lake, decided)
        say(decided, as_json=True)
    else:
        decide.land(lake, decided)
        print(json.dumps(microbatch.drain_decisions(lake, now=at)))


def _unit(concept: str) -> str:
    """The concept's unit; empty for an unknown one, which is refused as such."""
    units = vocabulary.concepts()["unit"]
    return units.get(concept, "")
