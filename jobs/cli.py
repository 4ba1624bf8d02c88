"""`wardtwin <step>`: the functions that Airflow calls, by hand.

Exit codes: 0 ok, 1 failed, 2 usage, 3 degraded (no usable model), 4 data refused.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.export.commands import export_app
from jobs.identity.commands import identity_app
from jobs.ingest.commands import source_app
from jobs.log import say
from jobs.mllp.commands import mllp
from jobs.profiles.commands import profile_app
from jobs.quarantine.commands import app as quarantine_app
from jobs.times import utc
from jobs.twins.commands import diff, episodes, known_as_of, replay, trace
from jobs.validation.commands import quality_app
from warehouse import Lake, Settings
from warehouse.errors import ContractBroken, ModelUnusable, WardtwinError
from warehouse.keys import Keys

EXIT_CODES = ((ContractBroken, 4), (ModelUnusable, 3), (WardtwinError, 1))

app = typer.Typer(
    help="Early warning for hospital wards: exports in, judged, twinned, scored and shown.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
model_app = typer.Typer(help="The models: list, promote.", no_args_is_help=True)
bench_app = typer.Typer(
    help="Benchmarks: they print ratios, they assert nothing.", no_args_is_help=True
)
app.add_typer(model_app, name="model")
app.add_typer(bench_app, name="bench")
app.add_typer(quality_app, name="quality")
app.add_typer(source_app, name="source")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(identity_app, name="identity")
app.add_typer(export_app, name="export")
app.add_typer(profile_app, name="profile")
app.command()(mllp)
app.command("as-of")(known_as_of)
for step in (replay, diff, trace, episodes):
    app.command()(step)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Until = Annotated[datetime | None, typer.Option(help="UTC; the present time if not given.")]


def main() -> None:
    """Run one command; every error that a person can act on is one message."""
    try:
        app()
    except WardtwinError as error:
        print(f"wardtwin: {error}", file=sys.stderr)
        sys.exit(next(code for kind, code in EXIT_CODES if isinstance(error, kind)))


@app.command()
def init() -> None:
    """Make the key, the lake and its tables; harmless where they exist."""
    settings = Settings()
    Lake.create(settings)
    say({"lake": settings.data_path, "key": str(settings.keys)}, as_json=False)


@app.command()
def doctor() -> None:
    """Say what is wrong with this set-up, and what to do."""
    from jobs.doctor import examine

    findings = list(examine(Settings()))
    for name, is_well, words in findings:
        print(f"{'ok   ' if is_well else 'FAULT'}  {name}: {words}")
    raise typer.Exit(0 if all(is_well for _, is_well, _ in findings) else 1)


@app.command()
def demo(
    check: Annotated[bool, typer.Option(help="Do it all, judge it, stop.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="An export's folder, not the simulation.")
    ] = None,
    patients: int = 300,
    days: int = 5,
    beds: int = 24,
    seed: int = 1,
) -> None:
    """Start the whole system: Airflow, the jobs, the pages, and a live synthetic ward."""
    from jobs.demo.demo import Options, run

    options = Options(check, data, seed, patients, days, beds)
    raise typer.Exit(run(Settings(), options, clock=lambda: datetime.now(UTC)))


@app.command()
def secrets(
    folder: Annotated[Path, typer.Argument(help="Where; nowhere that is shared.")],
) -> None:
    """Make what a Compose or Kubernetes installation keeps secret, a file each, once."""
    from jobs import secret_files

    say({"made": ", ".join(secret_files.make(folder))}, as_json=False)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="A landing folder to write the exports into.")],
    patients: int = 300,
    days: int = 5,
    beds: int = 24,
    seed: int = 1,
    until: Until = None,
    day_by_day: Annotated[
        bool, typer.Option(help="Files as they would have landed, each with its own time.")
    ] = False,
    faults: Annotated[bool, typer.Option(help="Day by day, with five faults planted.")] = False,
) -> None:
    """Write the exports of a synthetic hospital: FHIR, laboratory CSV, monitors."""
    from jobs.simulate import daily, hospital

    world = {"seed": seed, "patients": patients, "days": days, "beds": beds}
    end = utc(until) if until else datetime.now(UTC)
    if day_by_day or faults:
        midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
        written = daily.write_days(out, until=midnight, has_faults=faults, **world)
    else:
        written = hospital.write_history(out, until=end, **world)
    say(written, as_json=False)


@app.command()
def ingest(
    folder: Annotated[Path | None, typer.Argument(help="An export's folder, copied first.")] = None,
    retry: Annotated[str | None, typer.Option(help="The id of a refused batch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take in what has landed, or an export's folder, or a refused batch once more."""
    from jobs import microbatch
    from jobs.ingest.landing import import_folder

    lake, sources = Lake.from_env(), None
    ignored: list[str] = []
    if retry:
        sources = [microbatch.retry(lake, retry)]
    if folder:
        found = import_folder(lake.settings, folder)
        sources, ignored = list(found["copied"]), found["ignored"]
    if folder or retry:
        lake = Lake.open(lake.settings.model_copy(update={"settle_seconds": 0.0}))
    say(
        microbatch.drain(lake, now=datetime.now(UTC), sources=sources) | {"ignored": ignored},
        as_json,
    )


@app.command()
def pull(
    source: Annotated[str, typer.Argument(help="A source whose YAML names a FHIR server.")],
    as_json: AsJson = False,
) -> None:
    """Ask a FHIR server for what is new since the last time, into landing."""
    from jobs import fhir_pull
    from jobs.ingest.landing import source_named

    say(fhir_pull.run(Settings(), source_named(source), now=datetime.now(UTC)), as_json)


@app.command()
def drain(as_json: AsJson = False) -> None:
    """Process everything pending in landing: EHR exports and device readings."""
    from jobs import microbatch

    say(microbatch.drain(Lake.from_env(), now=datetime.now(UTC)), as_json)


@app.command()
def rebuild(
    from_archive: Annotated[bool, typer.Option(help="The whole lake, from its archive.")] = False,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="One UTC day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild the twins' history: all of it, or one day's hours; or the whole lake."""
    from jobs import rebuild as anew
    from jobs.twins import patient_hour

    if from_archive:
        say(anew.from_archive(Settings(), report=_bar), as_json)
    else:
        only: date | None = day.date() if day else None
        say(patient_hour.rebuild(Lake.from_env(), day=only, report=_bar), as_json)


@app.command()
def anomalies(as_json: AsJson = False) -> None:
    """Refit the detectors, and say for every patient what is unusual; no alert comes of it."""
    from jobs.anomalies import run

    say(run.run(Lake.from_env()), as_json)


@app.command()
def train(as_json: AsJson = False) -> None:
    """Train the risk model; the first that passes its checks is promoted."""
    from jobs.models import train as training

    result = training.run(Lake.from_env(), now=datetime.now(UTC))
    say(result, as_json)
    raise typer.Exit(0 if result["model_id"] else 3)


@model_app.command("list")
def list_models() -> None:
    """Every model, newest last, with its figures; the champion is marked."""
    from jobs.models import registry

    settings = Settings()
    keys = Keys.load(settings.keys)
    champion = registry.promoted(settings.models, keys)
    for manifest in registry.manifests(settings.models, keys):
        is_champion = champion is not None and champion.model_id == manifest.model_id
        figures = {name: manifest.metrics.get(name) for name in ("auroc", "auroc_news2")}
        told = {
            "model_id": manifest.model_id,
            "created": manifest.created,
            "champion": is_champion,
        }
        say(told | figures | {"objection": manifest.objection}, as_json=True)


@model_app.command("promote")
def promote(model_id: str, who: Annotated[str, typer.Option("--by", help="Who decides.")]) -> None:
    """Make a model the champion, and predict with it."""
    from jobs.models import predict, registry

    lake = Lake.from_env()
    registry.promote(
        lake.settings.models, lake.keys, model_id, promoted_by=who, at=datetime.now(UTC)
    )
    say(predict.run_all(lake), as_json=False)


@app.command()
def evaluate(
    outcome: Annotated[str, typer.Argument(help="Such as sepsis_2019: `reference/outcomes`.")],
    train: Annotated[list[str], typer.Option(help="A source whose patients teach.")],
    test: Annotated[list[str], typer.Option(help="A source whose patients judge.")],
    resamples: Annotated[int, typer.Option(help="Of patients, for the intervals.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Train a model of an outcome on a source's patients, and judge it on another's.

    The same source twice: cross-validated by patient.
    """
    from jobs.models import study

    found = study.run(Lake.from_env(), outcome, train, test, resamples=resamples)
    say(found if as_json else study.told(found), as_json)


@app.command()
def digest(
    table: Annotated[str | None, typer.Argument(help="Such as clinical.observation.")] = None,
):
    """The digests of the tables: equal rows, equal digest, whatever the order of work."""
    from warehouse.digest import digests

    with Lake.from_env().read() as con:
        found = digests(con)
    if table and table not in found:
        raise WardtwinError(f"no table is called {table}; the tables are: {', '.join(found)}")
    say({table: found[table]} if table else found, as_json=False)


@bench_app.command("ingest")
def bench_ingest(
    observations: int = 500_000, chartevents: int = 1_000_000, messages: int = 30_000,
    cap_mb: int = 1500,
) -> None:  # fmt: skip
    """Time each path from export to committed rows beside what one would write instead."""
    from jobs.ingest.bench import run

    for line in run.run(observations, chartevents, messages, cap_mb):
        say(line, as_json=True)


@bench_app.command("twins")
def bench_twins(patients: int = 5000, days: int = 10) -> None:
    """Time the twins' rebuild and a micro-batch beside what one would write instead."""
    from jobs.twins.bench import run

    for line in run.run(patients, days):
        say(line, as_json=True)


@bench_app.command("anomalies")
def bench_anomalies(patients: int = 300) -> None:
    """Inject anomalies into synthetic patients: how many are found, and named rightly."""
    from jobs.anomalies import bench

    for line in bench.run(patients):
        say(line, as_json=True)


@bench_app.command("devices")
def bench_devices(devices: int = 1000, days: int = 30, seed: int = 1) -> None:
    """Plant failures into made-up monitors, minute by minute, and tell how they are found."""
    from jobs.twins import device_bench

    for line in device_bench.run(devices, days, seed, report=_bar):
        say(line, as_json=True)


def _bar(done: int, total: int) -> None:
    """Progress, where a person looks."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(
            f"\r{'#' * (40 * done // total):40} {done}/{total}",
            end=end,
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
