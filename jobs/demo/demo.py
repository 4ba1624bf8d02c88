"""The demo: land a hospital's exports, start Airflow and the pages, run every DAG, stay.

With `check` it does not stay: it stops, and judges what it has shown.
"""

import json
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jobs.demo import airflow_server, pages, report, site
from jobs.demo.airflow_server import Airflow
from jobs.demo.live_ward import LiveWard
from jobs.demo.memory import PeakMemory
from jobs.demo.processes import Service
from jobs.demo.services import Services
from jobs.demo.site import World
from jobs.demo.stages import Stages
from jobs.ingest import landing
from jobs.simulate import hospital
from warehouse import Lake, Settings
from warehouse.errors import WardtwinError

DAGS = [
    *("ingest_ehr", "score_microbatch", "rebuild_twins", "train_model", "quality_report"),
    "release_quarantine",
]
"""Those that end by themselves. `pull_fhir` is left paused: there is no server to ask."""

WAITS_FOR_A_PERSON = "sign_off_report"
"""Its runs end when somebody answers: a check, where nobody does, leaves it paused."""

LIVE_FILES = 2
"""How many times the live ward must have written before a check looks for it."""

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Options:
    """What `wardtwin demo` was asked for."""

    check: bool = False
    data: Path | None = None
    """A real export to show, instead of the synthetic hospital."""
    seed: int = 1
    patients: int = 300
    days: int = 5
    beds: int = 24

    @property
    def hospital(self) -> str:
        return self.data.resolve().name if self.data else site.SYNTHETIC


def run(settings: Settings, options: Options, clock: Clock) -> int:
    """Show the system at work. Returns the exit code: 1 if the check found a fault."""
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, signal.default_int_handler)
    settings = site.settings_for(settings, options.hospital)
    demo = Demo(site.with_free_ports(settings) if options.check else settings, options, clock)
    try:
        with site.only_demo(settings.var) as note:
            demo.show(note)
    except KeyboardInterrupt:
        demo.stages.say("everything has stopped")
        return 130 if options.check else 0
    return demo.judge()


class Demo:
    """One showing of the system, from the first file to the last process stopped."""

    def __init__(self, settings: Settings, options: Options, clock: Clock):
        self.stages = Stages(clock)
        self._settings, self._options, self._clock = settings, options, clock
        self._sources: list[str] = []
        self._shown: dict = {"ignored": []}
        self._faults: list[str] = []
        self._live_since: datetime | None = None

    def show(self, note: Callable[[list[int]], None]) -> None:
        """Start everything and run every DAG; at the end, or when interrupted, stop everything."""
        begun = time.monotonic()
        site.refuse_taken_ports(self._settings)
        with Services(note) as services, ExitStack() as until_stop:
            memory = until_stop.enter_context(PeakMemory(services.pids))
            airflow, ward = self._work(services, until_stop)
            if self._options.check:
                self._finish(airflow, ward)
            else:
                airflow.pause(WAITS_FOR_A_PERSON, False)
                self._stay(services, ward)
            self._shown["peak_mb"] = round(memory.mb)
        self.stages.seconds["total"] = round(time.monotonic() - begun, 1)

    def judge(self) -> int:
        """Print the report; say what is not as it must be."""
        lake = Lake.open(self._settings)
        shown = self._shown | report.of_lake(lake) | {"seconds": self.stages.seconds}
        faults = self._faults + report.faults(shown, lake, self._sources, self._live_since)
        for fault in faults:
            self.stages.say(f"FAULT: {fault}")
        print(json.dumps(shown), flush=True)
        return 1 if faults else 0

    def _work(self, services: Services, until_stop: ExitStack) -> tuple[Airflow, LiveWard | None]:
        with self.stages.stage("init", f"the lake, its key and its tables in {self._settings.var}"):
            Lake.create(self._settings)
        airflow = Airflow(services.add(airflow_server.start(self._settings)), self._settings)
        with self.stages.stage("exports", "lands them, while Airflow starts"):
            world = self._land()
        with self.stages.stage("airflow", "waits until every part of it is well"):
            airflow.wait_until_ready([*DAGS, WAITS_FOR_A_PERSON])
        until_stop.callback(airflow.calm, [*DAGS, WAITS_FOR_A_PERSON])
        page = services.add(pages.start(self._settings))
        self._run(airflow, "ingest_ehr")
        self._run(airflow, "score_microbatch")
        ward = self._open_ward(world, until_stop)
        self._run(airflow, "rebuild_twins", {"full": True})
        run = self._run(airflow, "train_model")
        self._shown["model"] = report.of_model(airflow.returned(run, "train"))
        self._run(airflow, "quality_report")
        self._run(airflow, "release_quarantine")
        self._look_at(page)
        return airflow, ward

    def _land(self) -> World | None:
        """Write or copy the exports, unless an earlier demo has. Returns the synthetic world."""
        if self._options.data:
            self._import(self._options.data)
            return None
        self._sources = list(hospital.SOURCES)
        var = self._settings.var
        world = site.stored_world(var) or self._new_world()
        if site.written_until(var):
            site.refuse_closed(world, self._clock())
            self.stages.say(f"goes on with the {world.patients} patients that live in {var}")
            return world
        site.remember(var, site.SYNTHETIC, world, None)
        hospital.write_history(self._settings.landing, **world.parameters())
        site.remember(var, site.SYNTHETIC, world, world.parameters()["until"])
        return world

    def _import(self, folder: Path) -> None:
        found = landing.import_folder(self._settings, folder)
        self._sources, self._shown["ignored"] = list(found["copied"]), found["ignored"]
        site.remember(self._settings.var, self._options.hospital, None, None)

    def _new_world(self) -> World:
        asked = self._options
        until = self._clock().replace(microsecond=0).isoformat()
        return World(asked.seed, asked.patients, asked.days, asked.beds, until)

    def _open_ward(self, world: World | None, until_stop: ExitStack) -> LiveWard | None:
        """The synthetic hospital lives on; a real export is history."""
        if world is None:
            return None
        ward = until_stop.enter_context(LiveWard(self._settings.var, world, self._clock))
        self._live_since = ward.opened
        return ward

    def _run(self, airflow: Airflow, dag_id: str, conf: dict | None = None) -> dict:
        """Run one DAG to its end, as a stage."""
        with self.stages.stage(dag_id, "runs in Airflow"):
            run = airflow.run(dag_id, conf or {}, self.stages.say)
        if run["state"] != "success":
            self.stages.say(f"{dag_id}: {run['state']}; see {airflow.url}/dags/{dag_id}")
        return run

    def _look_at(self, page: Service) -> None:
        try:
            with self.stages.stage("pages", "asks the Ward page for its patients"):
                patients = pages.patients_shown(page, self._settings)
        except WardtwinError as error:
            self._fault(f"the Ward page does not answer: {error}")
        else:
            self.stages.say(f"the Ward page shows {patients} patients")
            if not patients:
                self._fault("the Ward page shows no patient")

    def _fault(self, words: str) -> None:
        self._faults.append(words)
        self.stages.say(words)

    def _finish(self, airflow: Airflow, ward: LiveWard | None) -> None:
        """See that live data get through, and what Airflow has recorded of it all."""
        if ward:
            with self.stages.stage("live", "waits for the live ward to write, and scores it"):
                ward.wait_for(LIVE_FILES)
                time.sleep(self._settings.settle_seconds)
                airflow.run("score_microbatch", {}, self.stages.say)
        self._shown["dags"] = airflow.worst_states(DAGS)

    def _stay(self, services: Services, ward: LiveWard | None) -> None:
        """Say where everything is, until somebody interrupts."""
        settings = self._settings
        login = f"user {airflow_server.USER}, password {airflow_server.password(settings)}"
        print(f"\nWard page  http://localhost:{settings.dash_port}  (no login yet)")
        print(f"Airflow    http://localhost:{settings.airflow_port}  ({login})")
        print(f"Data       {settings.var}")
        print("Ctrl-C stops everything; `make demo` goes on from there.", flush=True)
        while not (ended := services.ended()):
            if ward:
                ward.raise_failure()
            time.sleep(1.0)
        raise WardtwinError(f"{ended[0].name} has ended by itself; see {ended[0].log}")
