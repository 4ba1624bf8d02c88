"""Each container's command, run as a process with the embedded stores, is well by its own check."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.demo import airflow_server, processes, web
from tests.deploy.described import compose_services, workloads
from warehouse import Settings

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(600)]

SERVICES = compose_services()
FIRST = ("airflow-migrate", "lake-init")
PORTS = ("2575", "8050", "8080", "8786", "8787", "8788", "8789", "8790", "8974")


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """What of the commands is of the containers' network, and what stands for it here."""
    free = map(str, web.free_ports(len(PORTS)))
    return dict(zip(PORTS, free, strict=True)) | {"dask-scheduler:": "127.0.0.1:"}


@pytest.fixture(scope="module")
def environment(addresses, tmp_path_factory) -> dict[str, str]:
    """The demo's environment: SQLite for PostgreSQL, this machine's folders for the volumes."""
    settings = Settings(var=tmp_path_factory.mktemp("system"), airflow_port=addresses["8080"])
    found = airflow_server.environment(settings)
    health = "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT"
    return found | {health: addresses["8974"], "HOME": str(settings.var)}


@pytest.fixture(scope="module")
def running(addresses, environment, tmp_path_factory):
    """All services of the Compose file at once, in its order."""
    logs = tmp_path_factory.mktemp("logs")
    for name in FIRST:
        subprocess.run(_here(SERVICES[name]["command"], addresses), env=environment, check=True)
    services = {
        name: processes.start(
            name, _here(service["command"], addresses), environment, logs / f"{name}.log"
        )
        for name, service in SERVICES.items()
        if name not in FIRST
    }
    yield services
    processes.stop(list(services.values()))


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in FIRST])
def test_every_command_becomes_well_by_its_own_check(name, running, addresses, environment):
    check = _here(SERVICES[name]["healthcheck"]["test"][1:], addresses)
    give_up = time.monotonic() + 240
    while subprocess.run(check, env=environment, capture_output=True).returncode:
        assert running[name].process.poll() is None, processes.last_words(running[name], 20)
        assert time.monotonic() < give_up, processes.last_words(running[name], 20)
        time.sleep(1)


def test_the_wait_for_the_migration_ends_when_it_is_done(running, addresses, environment):
    [wait] = workloads()["airflow-scheduler"]["initContainers"]
    subprocess.run(_here(wait["command"], addresses), env=environment, check=True)


def _here(command: list[str], addresses: dict[str, str]) -> list[str]:
    """The command with this machine's ports and names; programs are those of this environment."""
    for there, here in addresses.items():
        command = [part.replace(there, here) for part in command]
    program = Path(sys.executable).parent / command[0]
    return [str(program), *command[1:]]
