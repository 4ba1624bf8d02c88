"""Killed anywhere, either side: nothing acknowledged is lost, nothing doubled."""

import json
import multiprocessing
import random
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs import microbatch
from jobs.mllp.listener import Limits, listen
from jobs.mllp.spool import Spool
from tests.conftest import NOW
from tests.ingest.hl7 import header, message, obr, obx, pid
from tests.mllp.conftest import Sender

MESSAGES = 600
KILLS = 14


def numbered(number: int) -> str:
    """A message whose one value is its own number."""
    return message(
        header(id=f"M{number}", sent="20260301080500+0000"), pid(f"p{number % 7}"),
        obr(order=f"F{number}"), obx(code="N^Number^L", unit="", value=str(number)),
    )  # fmt: skip


def listen_on(folder: Path, port: int) -> None:
    limits = Limits(land_seconds=0.3)
    listen(Spool(folder), limits, "127.0.0.1", port, lambda: datetime.now(UTC), lambda _: None)


def send_all(port: int, journal: Path) -> None:
    """Send what the journal does not hold, each message until it is acknowledged."""
    for number in range(acknowledged(journal), MESSAGES):
        while not send_once(port, numbered(number)):
            time.sleep(0.02)
        with journal.open("a") as file:
            file.write(json.dumps(number) + "\n")


def send_once(port: int, text: str) -> bool:
    try:
        return "MSA|AA|" in Sender(port, timeout=5).send(text)
    except OSError:
        return False


def acknowledged(journal: Path) -> int:
    return journal.read_text().count("\n") if journal.exists() else 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_kills_on_both_sides_lose_nothing_and_double_nothing(lake, settings, tmp_path, seed):
    chance = random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["jobs.mllp.listener", "tests.mllp.test_kill"])
    folder, journal, port = settings.landing / "hl7v2", tmp_path / "journal", free_port()
    sides = {"listener": (listen_on, (folder, port)), "sender": (send_all, (port, journal))}
    running = {side: start(context, *how) for side, how in sides.items()}
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.6))
        side = chance.choice(list(sides))
        running[side].kill()
        running[side].join()
        running[side] = start(context, *sides[side])
    running["sender"].join(60)
    assert acknowledged(journal) == MESSAGES
    running["listener"].terminate()
    running["listener"].join(20)

    landed = b"".join(path.read_bytes() for path in folder.glob("*.hl7"))
    assert landed.count(b"MSH|") == MESSAGES
    counts = microbatch.drain(lake, now=NOW)

    assert counts["quarantined"] == counts["refused"] == 0
    with lake.read() as con:
        found = con.execute("SELECT source_value FROM clinical.observation ORDER BY 1").fetchall()
        stored = con.execute("SELECT sum(read - duplicate) FROM ops.batch").fetchone()
    assert [number for (number,) in found] == list(range(MESSAGES))
    patients = 7
    assert stored == (MESSAGES + patients,)


def start(context, target, arguments):
    process = context.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
