"""The DAG files load fast and say what data operations need to know."""

import json
import os
import subprocess
import sys

import pytest

from jobs.demo import airflow_server, site

DAGS = (
    *("ingest_ehr", "pull_fhir", "quality_report", "rebuild_twins"),
    *("release_quarantine", "score_microbatch", "sign_off_report", "train_model"),
)


@pytest.fixture(scope="module")
def facts(tmp_path_factory) -> dict:
    home = {"AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.dags.facts"],
        env=os.environ | airflow_server.shared_settings() | home,
        cwd=site.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_every_dag_loads(facts):
    assert facts["errors"] == {}
    assert sorted(facts["dags"]) == sorted(DAGS)


def test_parsing_imports_nothing_heavy_and_no_job(facts):
    assert facts["loaded"] == []


@pytest.mark.parametrize("dag_id", DAGS)
def test_a_dag_explains_itself(facts, dag_id):
    doc = facts["dags"][dag_id]["doc"]
    for part in ("**Writes**", "**Safe to clear?**", "**When it fails**"):
        assert part in doc


@pytest.mark.parametrize("dag_id", DAGS)
def test_a_dag_never_catches_up(facts, dag_id):
    assert facts["dags"][dag_id]["catchup"] is False


@pytest.mark.parametrize("dag_id", sorted({*DAGS} - {"sign_off_report"}))
def test_a_dag_runs_one_at_a_time(facts, dag_id):
    assert facts["dags"][dag_id]["max_active_runs"] == 1


def test_a_month_that_nobody_signs_keeps_no_other_from_being_signed(facts):
    dag = facts["dags"]["sign_off_report"]
    assert dag["max_active_runs"] == 12
    assert dag["tasks"]["prepare"]["at_once"] == 1


@pytest.mark.parametrize(
    "dag_id, timetable, cron",
    [
        ("ingest_ehr", "CronTriggerTimetable", "*/15 * * * *"),
        ("pull_fhir", "CronTriggerTimetable", "10-59/15 * * * *"),
        ("quality_report", "CronTriggerTimetable", "*/15 * * * *"),
        ("rebuild_twins", "CronTriggerTimetable", "55 23 * * *"),
        ("release_quarantine", "CronTriggerTimetable", "*/5 * * * *"),
        ("sign_off_report", "CronTriggerTimetable", "0 6 1 * *"),
        ("score_microbatch", "CronTriggerTimetable", "* * * * *"),
        ("train_model", "CronTriggerTimetable", "0 3 * * 1"),
    ],
)
def test_a_dag_has_its_timetable(facts, dag_id, timetable, cron):
    dag = facts["dags"][dag_id]
    assert (dag["timetable"], dag["cron"]) == (timetable, cron)


@pytest.mark.parametrize("dag_id", DAGS)
def test_a_dag_is_tagged(facts, dag_id):
    assert facts["dags"][dag_id]["tags"]


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_task_has_an_owner_and_retries(facts, dag_id):
    for task in facts["dags"][dag_id]["tasks"].values():
        assert task["owner"] != "airflow"
        assert task["retries"] >= 1
        assert task["retry_policy"] == "OnlyPassingFaults"


@pytest.mark.parametrize(
    "dag_id, task_id, asset",
    [
        ("ingest_ehr", "ingest", "observation"),
        ("release_quarantine", "apply", "observation"),
        ("score_microbatch", "score", "observation"),
        ("rebuild_twins", "rebuild", "patient_hour"),
        ("train_model", "train", "model"),
        ("quality_report", "build", "data_docs"),
    ],
)
def test_what_a_task_writes_is_an_asset(facts, dag_id, task_id, asset):
    assert facts["dags"][dag_id]["tasks"][task_id]["outlets"] == [asset]


@pytest.mark.parametrize("dag_id", DAGS)
def test_no_task_waits_for_a_triggerer_for_none_is_run(facts, dag_id):
    assert not any(task["defers"] for task in facts["dags"][dag_id]["tasks"].values())


def test_files_are_taken_in_one_after_the_other(facts):
    assert facts["dags"]["ingest_ehr"]["tasks"]["ingest"]["at_once"] == 1


def test_where_no_source_has_a_server_nothing_is_asked(facts):
    assert facts["without_a_server"] == "no source's YAML names a FHIR server"


@pytest.mark.parametrize(
    "dag_id, params",
    [
        ("ingest_ehr", {"retry": "string"}),
        ("pull_fhir", {}),
        ("rebuild_twins", {"day": ["null", "string"], "full": "boolean"}),
        (
            "release_quarantine",
            dict.fromkeys(("action", "batch", "rule", "by", "reason"), "string"),
        ),
        ("sign_off_report", {"month": "string"}),
        ("score_microbatch", {}),
        ("train_model", {}),
        ("quality_report", {}),
    ],
)
def test_the_form_asks_for_what_a_run_takes(facts, dag_id, params):
    found = facts["dags"][dag_id]["params"]
    assert {name: schema["type"] for name, schema in found.items()} == params
    assert all(schema["title"] and schema["description"] for schema in found.values())


@pytest.mark.parametrize(
    "failure, decision",
    [
        ("StoreUnavailable", "default"),
        ("OSError", "default"),
        ("ContractBroken", "fail"),
        ("NotSetUp", "fail"),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(facts, failure, decision):
    assert facts["decisions"][failure] == decision
