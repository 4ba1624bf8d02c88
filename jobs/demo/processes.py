"""Services as processes, each the leader of a session of its own, so that nothing of it is lost.

Airflow's children change their process group, and outlive their parents; none leaves its session.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import WardtwinError


@dataclass(frozen=True)
class Service:
    """A running program; everything it starts belongs to its session."""

    name: str
    process: subprocess.Popen
    log: Path

    @property
    def session(self) -> int:
        return self.process.pid


def start(name: str, command: list[str], environment: dict[str, str], log: Path) -> Service:
    """Start a program that writes to `log`; its files are its owner's alone."""
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    log.touch(mode=0o600)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )
    return Service(name, process, log)


def members(sessions: Iterable[int]) -> list[int]:
    """The living processes of these sessions, by pid."""
    wanted = set(sessions)
    return [pid for pid, session in _living() if session in wanted]


def boot() -> str:
    """Which start of this machine it is."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def born(pid: int) -> str:
    """When a process began, as nobody else did (proc(5): field 22 of stat); empty if it is gone."""
    try:
        return f"{boot()} {_stat(Path('/proc') / str(pid))[19]}"
    except OSError:
        return ""


def stop(services: list[Service], patience: float = 20.0) -> None:
    """Ask everything in the services' sessions to end, then make it; fail if anything is left."""
    sessions = [service.session for service in services]
    for order, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        for pid in members(sessions):
            _send(pid, order)
        if _are_gone(services, seconds):
            return
    left = " ".join(map(str, members(sessions)))
    raise WardtwinError(f"these processes of the demo did not end: {left}; end them with `kill -9`")


def last_words(service: Service, lines: int = 5) -> str:
    """The end of a service's log, for a message about its failure."""
    text = service.log.read_text(errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def _living() -> Iterator[tuple[int, int]]:
    """Pid and session of every process that is no zombie (proc(5): fields 3 and 6 of stat)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = _stat(entry)
            except OSError:  # it has just ended
                continue
            if fields[0] != "Z":
                yield int(entry.name), int(fields[3])


def _stat(entry: Path) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second may hold anything."""
    return (entry / "stat").read_text().rpartition(")")[2].split()


def _are_gone(services: list[Service], seconds: float) -> bool:
    give_up = time.monotonic() + seconds
    while True:
        for service in services:
            service.process.poll()  # takes leave of a leader that has ended
        if not members(service.session for service in services):
            return True
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)


def _send(pid: int, order: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, order)
