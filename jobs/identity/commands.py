"""`wardtwin identity`: which numbers mean one person; pseudonyms only."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from warehouse import Lake
from warehouse.lake import frame, sql

identity_app = typer.Typer(
    help="Which patients' numbers mean one person: list, link, unlink.", no_args_is_help=True
)

Given = Annotated[int, typer.Argument(help="The number that is given up (its pseudonym).")]
Stays = Annotated[int, typer.Argument(help="The number that stays (its pseudonym).")]
By = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why, in a few words.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per link.")]


@identity_app.command("list")
def list_links(as_json: AsJson = False) -> None:
    """The newest word on every two numbers: who says so, since when, and whose person they are."""
    with Lake.from_env().read() as con:
        found = frame(con, sql("identity_links"))
    if as_json:
        print(found.to_json(orient="records", lines=True, date_format="iso"), end="")
    else:
        print(found.to_string(index=False) if len(found) else "no numbers are linked")


@identity_app.command()
def link(patient: Given, into: Stays, by: By, reason: Reason) -> None:
    """Say that two numbers are one person; it counts at the next run of the decisions."""
    _decide(patient, into, True, by, reason)


@identity_app.command()
def unlink(patient: Given, into: Stays, by: By, reason: Reason) -> None:
    """Say that two numbers are two people after all."""
    _decide(patient, into, False, by, reason)


def _decide(patient: int, into: int, is_linked: bool, by: str, reason: str) -> None:
    """Land the decision and take it in."""
    from jobs import microbatch
    from jobs.identity.decide import land

    lake, at = Lake.from_env(), datetime.now(UTC)
    land(lake, patient, into, is_linked=is_linked, by=by, reason=reason, at=at)
    print(json.dumps(microbatch.drain_decisions(lake, now=at)))
