"""`wardtwin demo --check` on a small hospital, with a real Airflow and the real pages."""

import ctypes
import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from jobs.demo import airflow_server, site
from jobs.demo.airflow_server import Airflow, path_of
from jobs.demo.demo import DAGS, WAITS_FOR_A_PERSON
from jobs.demo.services import Services
from jobs.simulate.hospital import write_history
from tests import fhir_server
from tests.ingest.conftest import observation
from warehouse import Lake, Settings, schema, vocabulary
from warehouse.digest import digests
from warehouse.lake import frame

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(600)]

WARDTWIN = str(Path(sys.executable).parent / "wardtwin")
PR_SET_CHILD_SUBREAPER = 36
AWAKE = [*DAGS, WAITS_FOR_A_PERSON, "pull_fhir"]
KEPT = [name for name in schema.SCHEMAS if name != "report"]
"""Schema `report` is made anew for the time of its run."""
SMALL = ["--patients", "150", "--days", "3", "--beds", "8"]
BATCH_ID = re.compile("[0-9a-f]{64}")
KEYS = "sources ignored patients admissions twin_hours model alerts dags seconds peak_mb synthetic"


@pytest.fixture(scope="module")
def var(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo") / "var"


@pytest.fixture(scope="module")
def adopted_before() -> set[int]:
    """From here on, processes whose parents have ended become children of this one (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    yield _orphans()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0)


@pytest.fixture(scope="module")
def done(var, adopted_before) -> subprocess.CompletedProcess:
    command = [WARDTWIN, "demo", "--check", *SMALL]
    return subprocess.run(command, env=_environment(var), capture_output=True, text=True)


@pytest.fixture(scope="module")
def shown(done) -> dict:
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_check_of_a_small_hospital_finds_no_fault(done, shown):
    assert "FAULT" not in done.stderr
    assert done.returncode == 0


def test_the_last_line_is_one_object_with_everything_in_it(shown):
    assert sorted(shown) == sorted(KEYS.split())


def test_every_row_of_every_source_is_accounted_for(shown):
    assert sorted(shown["sources"]) == ["demo-ehr", "demo-lab", "demo-monitor"]
    for rows in shown["sources"].values():
        assert rows["read"] == rows["accepted"] + rows["quarantined"] + rows["duplicate"]


def test_airflow_ran_every_dag(shown):
    assert shown["dags"] == dict.fromkeys(DAGS, "success")


def test_time_and_memory_are_told(shown):
    assert set(DAGS) <= set(shown["seconds"])
    assert 500 < shown["peak_mb"] < 8000


def test_nothing_is_left_running(done, adopted_before):
    assert _orphans() == adopted_before


def test_airflow_keeps_ids_and_counts_of_the_files_only(done, var):
    rows = _ask_airflow(var, "SELECT value FROM xcom WHERE dag_id = 'ingest_ehr'")
    texts = {text for [value] in rows for text in _texts(json.loads(value))}
    names = {text for text in texts if not BATCH_ID.fullmatch(text)}
    assert names <= {"demo-ehr", "demo-lab"}


def test_the_counts_of_a_run_are_on_its_assets(done, var):
    rows = _ask_airflow(var, "SELECT extra FROM asset_event WHERE source_dag_id = 'ingest_ehr'")
    for extra in (json.loads(row) for [row] in rows):
        assert extra["read"] == extra["accepted"] + extra["quarantined"] + extra["duplicate"]


def test_lineage_tells_of_every_dag_where_it_was_asked_for(done, var):
    lines = (var / "airflow" / "lineage.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    ended = {event["job"]["name"] for event in events if event["eventType"] == "COMPLETE"}
    assert {"ingest_ehr.ingest", "rebuild_twins.rebuild", "train_model.train"} <= ended


def test_no_patients_name_or_number_stands_in_clear_anywhere(done, var, tmp_path):
    planted = _names_and_numbers(var, tmp_path)
    assert len(planted) > 40
    for path in _files_of(var):
        found = [text for text in planted if text in path.read_bytes()]
        assert not found, path


def test_an_interrupt_while_it_starts_leaves_nothing_running(done, var, adopted_before):
    ports = site.with_free_ports(Settings())
    environment = _environment(var) | {
        "WARDTWIN_AIRFLOW_PORT": str(ports.airflow_port),
        "WARDTWIN_DASH_PORT": str(ports.dash_port),
    }
    command = [WARDTWIN, "demo", *SMALL]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as demo:
        while b"airflow:" not in demo.stderr.readline():
            assert demo.poll() is None
        time.sleep(3)
        demo.send_signal(signal.SIGINT)
        told = demo.stderr.read().decode()
    assert demo.returncode == 0, told
    assert _orphans() == adopted_before


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Iterator[Path]:
    """The folder of a hospital's own sources: none yet."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WARDTWIN_SOURCES", str(folder))
        yield folder


@pytest.fixture(scope="module")
def again(done, var, own) -> Iterator[tuple[Airflow, Settings]]:
    """The same Airflow, started once more on what the demo has left."""
    settings = site.with_free_ports(Settings(var=var))
    with Services(lambda sessions: None) as services:
        airflow = Airflow(services.add(airflow_server.start(settings)), settings)
        airflow.wait_until_ready(AWAKE)
        yield airflow, settings
        airflow.calm(AWAKE)


def test_a_second_run_of_any_dag_changes_nothing(again):
    airflow, settings = again
    for dag_id in DAGS:  # the live ward had written on
        airflow.run(dag_id, _conf(dag_id), print)
    with Lake.open(settings).read() as con:
        before = digests(con, KEPT)
    for dag_id in DAGS:
        assert airflow.run(dag_id, _conf(dag_id), print)["state"] == "success", dag_id
        assert _changed(before, settings) == [], dag_id


def test_a_person_signs_a_months_report(again):
    airflow, settings = again
    lake = Lake.open(settings)
    run = airflow.trigger(WAITS_FOR_A_PERSON, {"month": _months(lake)[-1]})
    asked = _asked(airflow, run)
    assert asked["subject"] == f"Validation report {run['conf']['month']}"
    answered = airflow.ask("PATCH", _hitl(run), {"chosen_options": ["Approve"]})
    assert airflow.wait(run, print)["state"] == "success"
    time.sleep(settings.settle_seconds)
    assert airflow.run("release_quarantine", {}, print)["state"] == "success"
    (found,) = _signed(lake)
    assert (found["period"], found["decision"]) == (run["conf"]["month"], "approved")
    assert lake.keys.unveil(found["who"]) == airflow_server.USER
    assert found["time"] == datetime.fromisoformat(answered["responded_at"])
    assert found["data_hash"] in asked["body"]
    assert json.loads(found["saw"])["read"] > 0


def test_a_fhir_server_is_asked_once_a_source_names_it(again, own):
    airflow, settings = again
    run = airflow.run("pull_fhir", {}, print)
    assert _task_states(airflow, run) == {"servers": "skipped", "pull": "skipped"}
    with fhir_server.start() as server:
        server.resources = [observation(id="o1", meta={"lastUpdated": "2026-03-01T09:00:00Z"})]
        (own / "medical.yml").write_text(_medical(server.url))
        run = airflow.run("pull_fhir", {}, print)
        server.shutdown()
    assert _task_states(airflow, run) == {"servers": "success", "pull": "success"}
    time.sleep(settings.settle_seconds)
    airflow.run("ingest_ehr", {}, print)
    assert _states(settings, "medical") == ["committed"]


def _medical(url: str) -> str:
    """The YAML of a source like `fhir`, with a server."""
    like = yaml.safe_load((vocabulary.REFERENCE / "sources" / "fhir.yml").read_text())
    return yaml.safe_dump(
        like | {"name": "medical", "rest": {"url": url, "types": ["Observation"]}}
    )


def _task_states(airflow: Airflow, run: dict) -> dict[str, str]:
    found = airflow.ask("GET", f"{path_of(run)}/taskInstances")["task_instances"]
    return {task["task_id"]: task["state"] for task in found}


def _states(settings: Settings, source: str) -> list[str]:
    """What became of each file of a source."""
    with Lake.open(settings).read() as con:
        question = "SELECT state FROM ops.batch WHERE source = ?"
        return [state for (state,) in con.execute(question, [source]).fetchall()]


def _asked(airflow: Airflow, run: dict) -> dict:
    """The question, once it stands before a person, who takes some seconds to read it.

    Airflow fails a task that is answered before its worker has reported that it waits.
    """
    give_up = time.monotonic() + 120
    task = f"{path_of(run)}/taskInstances/approve"
    while (state := airflow.ask("GET", task)["state"]) != "awaiting_input":
        assert state not in airflow_server.ENDED and time.monotonic() < give_up, state
        time.sleep(0.5)
    time.sleep(5)
    return airflow.ask("GET", _hitl(run))


def _hitl(run: dict) -> str:
    return f"{path_of(run)}/taskInstances/approve/-1/hitlDetails"


def _months(lake: Lake) -> list[str]:
    """In which something has landed."""
    with lake.read() as con:
        question = "SELECT DISTINCT strftime(landed, '%Y-%m') FROM ops.batch ORDER BY ALL"
        return [month for (month,) in con.execute(question).fetchall()]


def _signed(lake: Lake) -> list[dict]:
    with lake.read() as con:
        return frame(con, "FROM quality.sign_off").to_dict("records")


def _environment(var: Path) -> dict[str, str]:
    return os.environ | {"WARDTWIN_VAR": str(var), "WARDTWIN_LINEAGE": "True"}


def _orphans() -> set[int]:
    """Children of this process: it has adopted whatever the demo has left behind."""
    found = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if entry.name.isdigit() and int(fields[1]) == os.getpid() and fields[0] != "Z":
                found.add(int(entry.name))
    return found


def _conf(dag_id: str) -> dict:
    return {"full": True} if dag_id == "rebuild_twins" else {}


def _changed(before: dict, settings: Settings) -> list[str]:
    """The tables whose rows are others than before."""
    with Lake.open(settings).read() as con:
        now = digests(con, KEPT)
    return [table for table in before if now[table] != before[table]]


def _ask_airflow(var: Path, question: str) -> list[tuple]:
    con = sqlite3.connect(f"file:{var}/airflow/airflow.db?mode=ro", uri=True)
    with closing(con):
        rows = con.execute(question).fetchall()
    assert rows
    return rows


def _texts(value) -> list[str]:
    """Every text in a JSON value that is no key of an object."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in _texts(one)]


def _names_and_numbers(var: Path, folder: Path) -> set[bytes]:
    """What the exports say in clear of who the patients are: the same world, written once more."""
    write_history(folder, **site.stored_world(var).parameters())
    with gzip.open(folder / "demo-ehr" / "Patient.ndjson.gz") as lines:
        patients = [json.loads(line) for line in lines]
    families = {patient["name"][0]["family"] for patient in patients if patient.get("name")}
    return {text.encode() for text in families | {patient["id"] for patient in patients}}


def _files_of(var: Path) -> Iterator[Path]:
    """Everything that a run has left behind; what still lies in landing has not been taken in."""
    for path in var.rglob("*"):
        if path.is_file() and var / "landing" not in path.parents:
            yield path
