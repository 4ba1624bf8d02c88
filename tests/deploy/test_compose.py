"""docker-compose.yml is valid, hardened, and speaks of settings and secrets that exist."""

import subprocess
import sys

import pytest

from jobs import secret_files
from jobs.demo.airflow_server import shared_settings
from tests.deploy.described import ROOT, compose, compose_services
from warehouse import Settings

SERVICES = compose_services()
ONCE = ("airflow-migrate", "lake-init")


def test_it_follows_the_compose_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, ROOT / "docker-compose.yml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_every_part_runs_with_as_few_rights_as_it_can(name):
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in compose()["services"] if name not in ONCE])
def test_everything_that_stays_says_whether_it_is_well(name):
    assert compose()["services"][name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_this_machine_only(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_only_the_listener_is_off_until_it_is_asked_for():
    off = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert off == {"mllp": ["mllp"]}


def test_the_listener_which_anybody_may_speak_to_holds_no_key():
    assert SERVICES["mllp"]["volumes"] == ["data:/var/lib/wardtwin"]
    assert SERVICES["mllp"]["secrets"] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_variable_of_ours_is_a_setting(name):
    known = {f"WARDTWIN_{field.upper()}" for field in Settings.model_fields}
    given = {key for key in SERVICES[name]["environment"] if key.startswith("WARDTWIN_")}
    assert given <= known


@pytest.mark.parametrize("name", SERVICES)
def test_airflows_shared_settings_are_not_overridden(name):
    assert not set(SERVICES[name]["environment"]) & set(shared_settings())


def test_the_pages_are_linked_to_where_compose_publishes_them():
    [published] = SERVICES["dash"]["ports"]
    port = published.split(":")[1]
    assert SERVICES["dash"]["environment"]["WARDTWIN_PAGES"] == f"http://localhost:{port}"


def test_the_secrets_are_those_that_wardtwin_makes(tmp_path):
    assert secret_files.make(tmp_path / "secrets") == sorted(compose()["secrets"])


def test_secrets_are_made_once(tmp_path):
    secret_files.make(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    secret_files.make(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


def test_both_databases_are_reached_with_the_servers_password(tmp_path):
    secret_files.make(tmp_path)
    password = (tmp_path / "postgres_password").read_text()
    for name in ("airflow_database", "catalog"):
        assert f"wardtwin:{password}@postgres/" in (tmp_path / name).read_text()
