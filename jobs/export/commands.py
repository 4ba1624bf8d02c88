"""`wardtwin export`: MEDS, JSON twins and their schema, FHIR. They are patients' data."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.log import say
from jobs.times import utc
from warehouse import Lake

export_app = typer.Typer(help="Write what others read: MEDS, JSON, FHIR.", no_args_is_help=True)

Instant = Annotated[datetime | None, typer.Option(help="UTC; what is known now if not given.")]
Patient = Annotated[int | None, typer.Option(help="The patient's pseudonym.")]


@export_app.command("meds")
def export_meds(
    folder: Annotated[Path, typer.Argument(help="A new folder, or an empty one.")],
    as_of: Instant = None,
) -> None:
    """All events of all patients as a MEDS dataset, now or as they were known at an instant."""
    from jobs.export import meds

    with Lake.from_env().read() as con:
        say(meds.write(con, folder, as_of and utc(as_of)), as_json=True)


@export_app.command("twin")
def export_twin(
    patient: Patient = None,
    device: Annotated[int | None, typer.Option(help="Or a device's pseudonym.")] = None,
    at: Instant = None,
) -> None:
    """One twin as JSON, as its schema has it (`wardtwin export schema`)."""
    from jobs.export import twin_json

    if (patient is None) == (device is None) or (device is not None and at):
        raise typer.BadParameter("name a --patient (--at an instant), or a --device as it is now")
    with Lake.from_env().read() as con:
        if device is None:
            print(json.dumps(twin_json.patient(con, patient, at and utc(at))))
        else:
            print(json.dumps(twin_json.device(con, device)))


@export_app.command("schema")
def export_schema(
    kind: Annotated[str, typer.Argument(help="patient or device")],
) -> None:
    """The JSON Schema (draft 2020-12) of a twin's JSON."""
    from jobs.export import twin_schema

    if kind not in twin_schema.TABLES:
        raise typer.BadParameter("the twins are those of a patient and of a device")
    print(json.dumps(twin_schema.schema(kind), indent=2, ensure_ascii=False))


@export_app.command("fhir")
def export_fhir(
    patient: Annotated[int, typer.Option(help="The patient's pseudonym.")],
) -> None:
    """A patient's NEWS2 and newest risk as a FHIR R4 Bundle: Observation, RiskAssessment."""
    from jobs.export import fhir

    with Lake.from_env().read() as con:
        print(json.dumps(fhir.bundle(con, patient)))
