"""`wardtwin quarantine`: what was refused, what it touches, and decisions on it."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from warehouse import Lake
from warehouse.errors import NotSetUp
from warehouse.lake import frame, sql

app = typer.Typer(help="Refused rows: list, show, release, fix, reject.", no_args_is_help=True)

Batch = Annotated[str, typer.Argument(help="The batch's id, or its beginning.")]
Line = Annotated[int, typer.Argument(help="The row of the file, from 1.")]
Part = Annotated[int, typer.Argument(help="Which value of that row, from 0.")]
Rule = Annotated[str | None, typer.Option(help="All of the batch that broke this rule.")]
By = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why, in a few words.")]
Trial = Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per row.")]


@app.command("list")
def list_rows(
    source: str | None = None,
    rule: str | None = None,
    batch: str | None = None,
    rows: int = 100,
    as_json: AsJson = False,
) -> None:
    """The refused rows and the rules they broke; never what they hold."""
    asked = {"source": source, "rule": rule, "batch": batch, "rows": rows, "with_rejected": True}
    with Lake.from_env().read() as con:
        found = frame(con, sql("quarantine_list"), asked)
    if as_json:
        print(found.to_json(orient="records", lines=True, date_format="iso"), end="")
    else:
        short = found.assign(batch_id=found["batch_id"].str[:12])
        print(short.to_string(index=False) if len(found) else "nothing is in quarantine")


@app.command()
def show(batch: Batch, line: Line, part: Part = 0) -> None:
    """One refused row in clear: it is a patient's. For the eyes of who may see it."""
    lake = Lake.from_env()
    with lake.read() as con:
        found = frame(
            con,
            "SELECT refused_row, rules FROM quality.quarantine "
            "WHERE starts_with(batch_id, ?) AND line = ? AND part = ?",
            [batch, line, part],
        )
    if found.empty:
        raise NotSetUp(f"no row {line}.{part} of batch {batch} is in quarantine")
    for row in found.itertuples():
        print(f"rules: {row.rules}")
        print(json.dumps(json.loads(lake.keys.decrypt(row.refused_row)), indent=2))


@app.command()
def release(
    batch: Batch, by: By, reason: Reason, line: Annotated[int | None, typer.Argument()] = None,
    part: Part = 0, rule: Rule = None, trial: Trial = False,
) -> None:  # fmt: skip
    """Judge a row again as it is; a person may overrule what rules.csv says may be."""
    _decide("release", batch, line, part, rule, None, by, reason, trial)


@app.command()
def fix(
    batch: Batch, by: By, reason: Reason, line: Annotated[int | None, typer.Argument()] = None,
    part: Part = 0, rule: Rule = None, trial: Trial = False,
    change: Annotated[list[str], typer.Option("--set", help="column=text; empty: none.")] = [],  # noqa: B006
) -> None:  # fmt: skip
    """Change columns of a row, as they were read, and judge it again."""
    changes = {name: text or None for name, _, text in (one.partition("=") for one in change)}
    _decide("fix", batch, line, part, rule, changes, by, reason, trial)


@app.command()
def reject(
    batch: Batch, by: By, reason: Reason, line: Annotated[int | None, typer.Argument()] = None,
    part: Part = 0, rule: Rule = None,
) -> None:  # fmt: skip
    """Keep a row out for good."""
    _decide("reject", batch, line, part, rule, None, by, reason, trial=False)


@app.command("blast")
def blast_radius(
    batch: Annotated[str | None, typer.Argument(help="The refused row's batch.")] = None,
    line: Annotated[int, typer.Argument()] = 0,
    part: Part = 0,
    observation: Annotated[int | None, typer.Option(help="Or an accepted value's id.")] = None,
) -> None:
    """What a row touched, or would have changed: twin fields, predictions, alerts."""
    from jobs.quarantine import blast, console

    lake = Lake.from_env()
    if observation is not None:
        found = blast.of_observation(lake, observation)
    elif batch:
        (row,) = console.rows(lake, batch, line, part)
        found = blast.of_refused(lake, row["batch_id"], line, part)
    else:
        raise NotSetUp("name a refused row (BATCH LINE), or --observation ID")
    print(json.dumps(found))


def _decide(action, batch, line, part, rule, changes, by, reason, trial) -> None:
    """Land the decision as a file, and take it in at once."""
    from jobs.quarantine import blast, console

    lake = Lake.from_env()
    rows = console.rows(lake, batch, line, part, rule)
    if trial:
        for row in rows:
            print(json.dumps(row | blast.of_refused(lake, **row, changes=changes)))
    else:
        now = datetime.now(UTC)
        print(
            json.dumps(console.decide(lake, action, rows, changes, by=by, reason=reason, now=now))
        )
