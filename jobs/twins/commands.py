"""`wardtwin as-of | replay | diff | trace`: what was known then, and where it came from."""

from datetime import datetime
from typing import Annotated

import typer

from jobs.log import say, say_rows
from jobs.times import utc
from warehouse import Lake
from warehouse.errors import NotSetUp

Patient = Annotated[int, typer.Option(help="The patient's pseudonym, as in a page's address.")]
At = Annotated[datetime, typer.Option(help="UTC.")]
Batch = Annotated[int | None, typer.Option(help="As known after this batch; today's if not given.")]


def known_as_of(
    patient: Annotated[
        int, typer.Argument(help="The patient's pseudonym, as in a page's address.")
    ],
    at: At,
    values: Annotated[bool, typer.Option(help="Every value, not the twin.")] = False,
) -> None:
    """A patient's twin, or every value, as it was known at a past instant: it is a patient's."""
    from jobs.twins import as_of

    with Lake.from_env().read() as con:
        if values:
            say_rows(as_of.observations(con, patient, utc(at)))
        else:
            say(as_of.twin(con, patient, utc(at)), as_json=True)


def replay(patient: Patient, at: At) -> None:
    """Make a past prediction and its alerts anew, from the rows known then; 1 where they differ.

    The last prediction at or before --at, with what was known after its batch.
    """
    from jobs import replay as replaying

    lake = Lake.from_env()
    batch_no = replaying.find(lake, patient, utc(at))
    if batch_no is None:
        raise NotSetUp(f"nothing was predicted of patient {patient} by then")
    found = replaying.run(lake, [patient], batch_no)
    say_rows(found.predictions)
    say_rows(found.transitions)
    raise typer.Exit(0 if found.is_equal else 1)


def diff(
    patient: Patient,
    since: Annotated[datetime, typer.Option(help="The earlier instant, UTC.")],
    until: Annotated[datetime, typer.Option(help="The later instant, UTC.")],
    since_batch: Batch = None,
    until_batch: Batch = None,
) -> None:
    """What changed in a twin between two instants, and which value's coming or going did it."""
    from jobs.twins import changes

    lake = Lake.from_env()
    newest = _newest(lake)
    first = (utc(since), newest if since_batch is None else since_batch)
    second = (utc(until), newest if until_batch is None else until_batch)
    say_rows(changes.between(lake, patient, first, second))


def trace(
    field: Annotated[str, typer.Argument(help="A column of the twin, such as spo2_mean_6h.")],
    patient: Patient,
    at: At,
    batch: Batch = None,
) -> None:
    """The values that a twin's field counts, and the line of the landed file where each stands."""
    from jobs import trace as tracing

    lake = Lake.from_env()
    batch_no = _newest(lake) if batch is None else batch
    say_rows(tracing.field(lake, patient, field, utc(at), batch_no))


def episodes(
    patient: Annotated[int | None, typer.Option(help="One patient's pseudonym; else all.")] = None,
) -> None:
    """Sepsis (Sepsis-3) and kidney injury (KDIGO, the highest stage), as the records have it."""
    from jobs.twins import episodes as found

    with Lake.from_env().read() as con:
        stages = found.kidney(con, patient).dropna(subset="kdigo_stage")
        worst = stages.sort_values(["kdigo_stage", "time"], ascending=[False, True])
        say_rows(worst[worst["kdigo_stage"] > 0].drop_duplicates("patient_id"))
        say_rows(found.sepsis(con, patient))


def _newest(lake: Lake) -> int:
    with lake.read() as con:
        return con.execute("SELECT coalesce(max(batch_no), 0) FROM ops.batch").fetchone()[0]
