"""`wardtwin quality`: what the quality team reads."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.log import say
from warehouse import Lake

quality_app = typer.Typer(help="Validation reports.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@quality_app.command("docs")
def docs(as_json: AsJson = False) -> None:
    """Build the Great Expectations Data Docs of recent batches: counts, never values."""
    from expectations import docs

    lake = Lake.from_env()
    say(docs.build(lake, lake.settings.var / "docs"), as_json)


@quality_app.command("build")
def build(as_json: AsJson = False) -> None:
    """Make the tables of trends, drift and findings anew, from what is in the lake."""
    from jobs.validation import build

    say(build.run(Lake.from_env(), now=datetime.now(UTC)), as_json)


@quality_app.command("report")
def report(
    month: Annotated[str, typer.Option(help="Such as 2026-11, in UTC.")],
    out: Annotated[Path | None, typer.Option(help="A file; else below var/reports.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a month's validation report: one HTML file with no patient's value, for audit."""
    from expectations import report
    from jobs.validation import build

    lake = Lake.from_env()
    chosen = report.Month.named(month)
    build.run(lake, now=datetime.now(UTC), month=chosen)
    say(report.write(lake, chosen, out or report.path(lake, month)), as_json)
