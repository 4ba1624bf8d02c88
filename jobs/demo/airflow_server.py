"""A real Airflow: `airflow standalone` with `dags/airflow.env`, spoken to by its REST API."""

import json
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import uuid4

from jobs.demo import processes, site, web
from jobs.demo.processes import Service
from warehouse import Settings
from warehouse.errors import WardtwinError
from warehouse.lake import prepare_sqlite

DAGS_FOLDER = site.ROOT / "dags"
USER = "admin"
WORST_FIRST = ("failed", "running", "queued", "success")
ENDED = ("success", "failed", "skipped", "upstream_failed")


def start(settings: Settings) -> Service:
    """Start it; the password is made here, so that Airflow does not print one into its log."""
    passwords = _passwords(settings)
    if not passwords.exists():
        passwords.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        passwords.touch(mode=0o600)
        passwords.write_text(json.dumps({USER: secrets.token_urlsafe(9)}))
    prepare_sqlite(passwords.with_name("airflow.db"))
    command = [sys.executable, "-m", "airflow", "standalone"]
    log = passwords.with_name("standalone.log")
    return processes.start("airflow", command, environment(settings), log)


def environment(settings: Settings) -> dict[str, str]:
    """The settings that every installation shares, and the places and ports of this one."""
    address, port = "127.0.0.1", settings.airflow_port
    worker_logs, trigger_logs, health = map(str, web.free_ports(3))
    return {
        **site.environment(settings),
        **shared_settings(),
        "AIRFLOW_HOME": str(_passwords(settings).parent),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS_FOLDER),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(settings)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{address}:{port}/execution/",
        "AIRFLOW__API__HOST": address,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": worker_logs,
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": trigger_logs,
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": health,
        **_lineage(settings),
    }


def _lineage(settings: Settings) -> dict[str, str]:
    """OpenLineage's own file transport, where it was asked for."""
    if not settings.lineage:
        return {}
    log = str(_passwords(settings).with_name("lineage.jsonl"))
    transport = {"type": "file", "log_file_path": log, "append": True}
    return {
        "AIRFLOW__OPENLINEAGE__DISABLED": "False",
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport),
    }


def shared_settings() -> dict[str, str]:
    """`dags/airflow.env`, as Compose reads it: NAME=value, no quotes."""
    lines = (DAGS_FOLDER / "airflow.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def password(settings: Settings) -> str:
    return json.loads(_passwords(settings).read_text())[USER]


def _passwords(settings: Settings) -> Path:
    return settings.var.absolute() / "airflow" / "passwords.json"


class Airflow:
    """What the demo asks of a running Airflow, by its REST API v2."""

    def __init__(self, service: Service, settings: Settings):
        self.url = f"http://localhost:{settings.airflow_port}"
        self._service = service
        self._login = {"username": USER, "password": password(settings)}
        self._token = ""
        self._runs_since = ""

    def wait_until_ready(self, dag_ids: list[str], seconds: float = 300.0) -> None:
        """Wait for every part to be healthy and for the DAGs to be known."""
        give_up = time.monotonic() + seconds
        while not self._is_ready(dag_ids):
            if self._service.process.poll() is not None or time.monotonic() > give_up:
                raise WardtwinError(
                    f"Airflow did not start; see {self._service.log}, which ends with:\n"
                    + processes.last_words(self._service)
                )
            time.sleep(0.5)

    def run(self, dag_id: str, conf: dict, report: Callable[[str], None]) -> dict:
        """Trigger a DAG and wait for its run to end. Returns the run as Airflow records it."""
        return self.wait(self.trigger(dag_id, conf), report)

    def trigger(self, dag_id: str, conf: dict) -> dict:
        """Start a run of a DAG. Returns it as Airflow records it."""
        wanted = {"dag_run_id": f"demo__{uuid4()}", "logical_date": None, "conf": conf}
        run = self.ask("POST", f"/dags/{dag_id}/dagRuns", wanted)
        self._runs_since = self._runs_since or run["queued_at"]
        self.pause(dag_id, False)  # only now: a run that a schedule owes would go first
        return run

    def wait(self, run: dict, report: Callable[[str], None]) -> dict:
        """Wait for a run to end. Returns it as Airflow records it."""
        path, dag_id = path_of(run), run["dag_id"]
        last_word = time.monotonic()
        while (run := self.ask("GET", path))["state"] in ("queued", "running"):
            if time.monotonic() - last_word > 10:
                last_word = time.monotonic()
                report(f"{dag_id}: {self._tasks_ended(dag_id)} tasks ended so far")
            time.sleep(0.5)
        return run

    def returned(self, run: dict, task_id: str) -> dict | None:
        """What a task of a run returned (its counts); nothing where it failed."""
        task = f"{path_of(run)}/taskInstances/{task_id}"
        if self.ask("GET", task)["state"] != "success":
            return None
        return self.ask("GET", f"{task}/xcomEntries/return_value?deserialize=true")["value"]

    def worst_states(self, dag_ids: list[str], seconds: float = 300.0) -> dict[str, str]:
        """Each DAG's worst state since the first run asked for here, once no run is under way."""
        give_up = time.monotonic() + seconds
        query = urlencode({"start_date_gte": self._runs_since, "order_by": "-id", "limit": 100})
        while True:
            found = self.ask("GET", f"/dags/~/dagRuns?{query}")["dag_runs"]
            runs = [run for run in found if run["dag_id"] in dag_ids]
            runs = [run for run in runs if run["start_date"]]  # others wait for their turn
            if all(run["end_date"] for run in runs) or time.monotonic() > give_up:
                return {dag_id: _worst_state(runs, dag_id) for dag_id in dag_ids}
            time.sleep(0.2)

    def calm(self, dag_ids: list[str], seconds: float = 20.0) -> None:
        """Pause the DAGs and let running tasks come to their end, within `seconds`."""
        give_up = time.monotonic() + seconds
        running = "/dags/~/dagRuns/~/taskInstances?state=running"
        with suppress(WardtwinError):  # an Airflow that has gone already is calm
            for dag_id in dag_ids:
                self.pause(dag_id, True)
            while time.monotonic() < give_up and self.ask("GET", running)["task_instances"]:
                time.sleep(0.5)

    def _tasks_ended(self, dag_id: str) -> int:
        """In all runs of the DAG: one that its schedule owes may do the work instead."""
        query = urlencode({"start_date_gte": self._runs_since, "state": ENDED, "limit": 1}, True)
        path = f"/dags/{dag_id}/dagRuns/~/taskInstances?{query}"
        return self.ask("GET", path)["total_entries"]

    def _is_ready(self, dag_ids: list[str]) -> bool:
        health = web.try_json(f"{self.url}/api/v2/monitor/health")
        if not health or any(part["status"] != "healthy" for part in health.values()):
            return False
        known = self.ask("GET", "/dags?limit=100")["dags"]
        return set(dag_ids) <= {dag["dag_id"] for dag in known}

    def pause(self, dag_id: str, is_paused: bool) -> None:
        self.ask("PATCH", f"/dags/{dag_id}", {"is_paused": is_paused})

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        """Send a request to the REST API, with the login."""
        if not self._token:
            self._token = web.json_of("POST", f"{self.url}/auth/token", self._login)["access_token"]
        return web.json_of(method, f"{self.url}/api/v2{path}", body, self._token)


def _worst_state(runs: list[dict], dag_id: str) -> str:
    found = {run["state"] for run in runs if run["dag_id"] == dag_id}
    return next((state for state in WORST_FIRST if state in found), "never run")


def path_of(run: dict) -> str:
    """Where the REST API has a run."""
    return f"/dags/{run['dag_id']}/dagRuns/{quote(run['dag_run_id'])}"
