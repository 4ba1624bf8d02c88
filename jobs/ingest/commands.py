"""`wardtwin source ...`: which sources there are, and what one would make of a file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

source_app = typer.Typer(help="The sources: list, check a file.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
REFUSED = 4


@source_app.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """Every source: whose it is, what it promised, which files it sends."""
    from warehouse import vocabulary

    found = [
        {
            "name": source.name,
            "site": source.site,
            "owner": source.owner,
            "on": source.is_on,
            "zone": source.zone,
            "cadence_minutes": source.cadence_minutes,
            "files": [pattern for file in source.files for pattern in file.match],
        }
        for source in vocabulary.sources().values()
    ]
    if as_json:
        print(json.dumps({"sources": found}))
    else:
        for source in found:
            print("; ".join(f"{name}: {_words(value)}" for name, value in source.items()))


@source_app.command("check")
def check_file(
    file: Annotated[Path, typer.Argument(help="One file of an export; nothing of it is kept.")],
    source: Annotated[str | None, typer.Option(help="Judge it as this source's.")] = None,
    as_json: AsJson = False,
) -> None:
    """What would happen to a file: whose it is, what maps, what is unknown, what is refused."""
    from jobs.ingest.check import check

    found = check(file, source, now=datetime.now(UTC))
    if as_json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name}: {_words(value)}")
    raise typer.Exit(REFUSED if found["source"] is None or found["refused_whole"] else 0)


def _words(value) -> str:
    """A value for people: lists by commas, tables as name = value."""
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_words(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value) or "none"
    return "none" if value is None else str(value)
