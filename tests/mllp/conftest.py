import asyncio
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from jobs.mllp.listener import Limits, Listener
from jobs.mllp.spool import CR, FS, VT, Spool


class Sender:
    """A plain sender: one message, one answer."""

    def __init__(self, port: int, timeout: float = 10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)

    def send(self, message: str | bytes) -> str:
        raw = message.encode() if isinstance(message, str) else message
        self.socket.sendall(VT + raw + FS + CR)
        return self.answer()

    def answer(self) -> str:
        found = b""
        while not found.endswith(FS + CR):
            if not (more := self.socket.recv(4096)):
                raise ConnectionError("the listener has gone")
            found += more
        return found.decode("latin-1").strip("\x0b\x1c\r")


@contextmanager
def listening(folder, **limits):
    """A listener in a thread of its own; gives its port, and lands what it has at the end."""
    told, loop, stop = [], asyncio.new_event_loop(), asyncio.Event()
    is_ready = threading.Event()

    def ready(port: int) -> None:
        told.append(port)
        is_ready.set()

    spool = Spool(folder)
    listener = Listener(spool, Limits(**({"land_seconds": 60} | limits)), lambda: datetime.now(UTC))
    run = listener.run("127.0.0.1", 0, stop, ready)
    thread = threading.Thread(target=loop.run_until_complete, args=(run,))
    thread.start()
    try:
        assert is_ready.wait(10)
        yield told[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        spool.close()
        loop.close()


@pytest.fixture
def folder(settings):
    return settings.landing / "hl7v2"


@pytest.fixture
def send(folder):
    """Send to a listener that runs as long as the test."""
    with listening(folder) as port:
        yield Sender(port).send
