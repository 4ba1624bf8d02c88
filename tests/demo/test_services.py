"""What the demo has started ends with its block, whatever happens in it."""

import os
import signal
import sys

import pytest

from jobs.demo import processes
from jobs.demo.services import Services


@pytest.fixture
def start(tmp_path):
    def one(program: str = "import time; time.sleep(60)") -> processes.Service:
        command = [sys.executable, "-c", program]
        return processes.start("one", command, dict(os.environ), tmp_path / "log")

    return one


def test_services_end_with_their_block(start):
    with Services(lambda sessions: None) as services:
        services.add(start())
        assert len(services.pids()) == 1
    assert services.pids() == []


def test_services_end_when_their_block_fails(start):
    with pytest.raises(KeyboardInterrupt), Services(lambda sessions: None) as services:
        services.add(start())
        raise KeyboardInterrupt
    assert services.pids() == []


def test_every_session_is_noted_as_it_begins(start):
    noted = []
    with Services(noted.append) as services:
        first, second = services.add(start()), services.add(start())
    assert noted == [[first.session], [first.session, second.session]]


def test_a_service_that_has_ended_by_itself_is_told(start):
    with Services(lambda sessions: None) as services:
        service = services.add(start("pass"))
        service.process.wait()
        assert services.ended() == [service]


def test_interrupts_are_heard_again_afterwards(start):
    before = signal.getsignal(signal.SIGINT)
    with Services(lambda sessions: None) as services:
        services.add(start())
    assert signal.getsignal(signal.SIGINT) == before
