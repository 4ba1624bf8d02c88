"""The demo's Airflow has its own settings, and none of this machine's."""

import io
import json
from urllib.error import HTTPError

import pytest

from jobs.demo import airflow_server, web
from jobs.demo.airflow_server import Airflow
from warehouse.errors import WardtwinError


@pytest.fixture
def environment(settings, monkeypatch):
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://somebody/elses")
    return airflow_server.environment(settings)


def test_another_airflows_database_is_never_touched(environment):
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in environment


def test_every_shared_setting_is_given(environment):
    assert environment.items() >= airflow_server.shared_settings().items()


@pytest.mark.parametrize(
    "name, value",
    [
        ("AIRFLOW__CORE__EXECUTOR", "LocalExecutor"),
        ("AIRFLOW__CORE__LOAD_EXAMPLES", "False"),
        ("AIRFLOW__API__EXPOSE_CONFIG", "False"),
        ("AIRFLOW__SCHEDULER__MP_START_METHOD", "forkserver"),
        ("GX_ANALYTICS_ENABLED", "False"),
    ],
)
def test_what_must_not_be_lost_from_airflow_env(name, value):
    assert airflow_server.shared_settings()[name] == value


def test_every_port_is_another_one(environment):
    ports = [value for name, value in environment.items() if name.endswith("_PORT")]
    assert len(ports) == 6 == len(set(ports)) + 1  # AIRFLOW__API__PORT is WARDTWIN_AIRFLOW_PORT


def test_pages_answer_on_this_machine_only(environment):
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_who_asks_where_nobody_answers_is_told_the_address(settings):
    with pytest.raises(WardtwinError, match="GET http://localhost:1/x failed"):
        web.json_of("GET", "http://localhost:1/x")


def test_an_airflow_that_has_gone_is_calm(settings, tmp_path):
    settings = settings.model_copy(update={"airflow_port": web.free_ports(1)[0]})
    passwords = settings.var / "airflow" / "passwords.json"
    passwords.parent.mkdir(parents=True)
    passwords.write_text('{"admin": "secret"}')
    Airflow(None, settings).calm(["ingest_ehr"])


def test_a_fault_of_the_servers_is_tried_again(monkeypatch):
    answers = [500, 500, {"ok": True}]

    class Stub:
        def open(self, request, timeout):
            match answers.pop(0):
                case int(code):
                    raise HTTPError(request.full_url, code, "locked", None, None)
                case found:
                    return io.BytesIO(json.dumps(found).encode())

    monkeypatch.setattr(web, "_direct", Stub())
    monkeypatch.setattr(web._answer.retry, "sleep", lambda seconds: None)
    assert web.json_of("POST", "http://localhost/x", {}) == {"ok": True}
    answers[:] = [404]
    with pytest.raises(WardtwinError, match="404"):
        web.json_of("POST", "http://localhost/x", {})
