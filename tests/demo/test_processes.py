"""What the demo starts, it ends: children that left their group, and those that do not listen."""

import os
import sys
import time

import pytest

from jobs.demo import memory, processes

QUIET = "import time; time.sleep(60)"
FAMILY = """
import os, time
if os.fork() == 0:
    os.setpgid(0, 0)
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
print("grown", flush=True)
time.sleep(60)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("grown", flush=True)
time.sleep(60)
"""


@pytest.fixture
def started(tmp_path):
    """Starts a Python program and waits until it says that it has grown."""
    services = []

    def start(program: str) -> processes.Service:
        command = [sys.executable, "-c", program]
        service = processes.start("test", command, dict(os.environ), tmp_path / "logs" / "log")
        services.append(service)
        while "grown" in program and "grown" not in service.log.read_text():
            time.sleep(0.02)
        return service

    yield start
    processes.stop(services, patience=0.1)


def test_a_service_leads_a_session_of_its_own(started):
    service = started(QUIET)
    assert processes.members([service.session]) == [service.process.pid]


def test_children_that_left_their_group_are_still_known(started):
    family = [started(FAMILY).session]
    give_up = time.monotonic() + 30
    while len(processes.members(family)) < 2 and time.monotonic() < give_up:
        time.sleep(0.1)  # the child needs a moment to be born
    assert len(processes.members(family)) == 2


def test_nothing_is_left_after_a_stop(started):
    service = started(FAMILY)
    processes.stop([service])
    assert processes.members([service.session]) == []


def test_who_does_not_listen_is_made_to_end(started):
    service = started(DEAF)
    processes.stop([service], patience=0.2)
    assert processes.members([service.session]) == []


def test_stopping_what_has_ended_already_is_harmless(started):
    service = started("pass")
    service.process.wait()
    processes.stop([service])


def test_a_log_is_its_owners_alone(started):
    assert started(QUIET).log.stat().st_mode & 0o077 == 0


def test_the_end_of_a_log_is_told(started):
    service = started("print(*range(9), sep='\\n')")
    service.process.wait()
    assert processes.last_words(service, lines=2) == "7\n8"


def test_memory_is_counted_while_a_process_lives_and_is_nothing_afterwards(started):
    service = started(DEAF)
    assert 1 < memory.proportional_mb(service.process.pid) < 200
    processes.stop([service], patience=0.1)
    assert memory.proportional_mb(service.process.pid) == 0
