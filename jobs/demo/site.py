"""Which hospital a demo shows and where it lives; `var/demo.json` remembers, so it can resume."""

import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from jobs.demo import processes, web
from jobs.simulate.world import LIVE_HOURS
from warehouse import Settings, durable
from warehouse.errors import NotSetUp

ROOT = Path(__file__).parents[2]
SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class World:
    """The invented hospital: the same parameters give the same patients."""

    seed: int
    patients: int
    days: int
    beds: int
    until: str
    """Where its history ends and its live data begin, ISO 8601."""

    def parameters(self) -> dict:
        return asdict(self) | {"until": datetime.fromisoformat(self.until)}


def settings_for(settings: Settings, hospital: str) -> Settings:
    """One folder, one hospital: real records and invented patients never share a lake."""
    remembered = _remembered(settings.var)
    if remembered is None or remembered["hospital"] == hospital:
        return settings
    return settings.model_copy(update={"var": settings.var / hospital})


def with_free_ports(settings: Settings) -> Settings:
    airflow_port, dash_port = web.free_ports(2)
    return settings.model_copy(update={"airflow_port": airflow_port, "dash_port": dash_port})


def refuse_taken_ports(settings: Settings) -> None:
    for port in (settings.airflow_port, settings.dash_port):
        if web.is_taken(port):
            raise NotSetUp(
                f"port {port} is in use: end what listens there, "
                "or set WARDTWIN_AIRFLOW_PORT or WARDTWIN_DASH_PORT"
            )


def environment(settings: Settings) -> dict[str, str]:
    """What every service of the demo finds in its environment; no other Airflow's settings."""
    inherited = {key: value for key, value in os.environ.items() if "AIRFLOW_" not in key}
    return {
        **inherited,
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": "localhost,127.0.0.1",
        "WARDTWIN_VAR": str(settings.var.absolute()),
        "WARDTWIN_AIRFLOW_PORT": str(settings.airflow_port),
        "WARDTWIN_DASH_PORT": str(settings.dash_port),
    }


def stored_world(var: Path) -> World | None:
    """The synthetic hospital of an earlier demo in this folder."""
    remembered = _remembered(var)
    return World(**remembered["world"]) if remembered and remembered["world"] else None


def written_until(var: Path) -> datetime | None:
    """Up to when that hospital has written its exports; None while its history is not whole."""
    remembered = _remembered(var)
    written = remembered and remembered["written_until"]
    return datetime.fromisoformat(written) if written else None


def refuse_closed(world: World, now: datetime) -> None:
    """A synthetic hospital lives on for some days only."""
    if now > world.parameters()["until"] + timedelta(hours=LIVE_HOURS):
        raise NotSetUp(
            f"the synthetic hospital of this folder has closed ({LIVE_HOURS // 24} days after "
            "its history): `make clean`, then start again"
        )


def remember(var: Path, hospital: str, world: World | None, written: datetime | None) -> None:
    """Noted before the history is written too: broken off, the same one is written again."""
    told = {
        "hospital": hospital,
        "world": world and asdict(world),
        "written_until": written and written.isoformat(),
    }
    durable.write(var / "demo.json", [(json.dumps(told, indent=1) + "\n").encode()])


@contextmanager
def only_demo(var: Path) -> Iterator[Callable[[list[int]], None]]:
    """Hold the folder for this process; gives a way to note the sessions it starts.

    Refuses while another demo runs here, or while services of a killed one still do.
    """
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (var / "demo.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotSetUp(f"another demo runs in {var}: stop it first (Ctrl-C there)") from None
        _refuse_left_overs(file)

        def note(sessions: list[int]) -> None:
            file.truncate(0)
            file.write(json.dumps({str(one): processes.born(one) for one in sessions}))
            file.flush()

        yield note
        file.truncate(0)


def _refuse_left_overs(file) -> None:
    file.seek(0)
    noted = json.loads(file.read() or "{}")
    ours = [int(leader) for leader, born in noted.items() if _is_still(int(leader), born)]
    if left := processes.members(ours):
        raise NotSetUp(
            "an earlier demo was killed and its services still run: "
            f"end them with `kill {' '.join(map(str, left))}`, then start again"
        )


def _is_still(leader: int, born: str) -> bool:
    """A number is given again one day, but not while a session without its leader carries it."""
    now = processes.born(leader)
    return now == born or (not now and born.startswith(processes.boot()))


def _remembered(var: Path) -> dict | None:
    path = var / "demo.json"
    return json.loads(path.read_text()) if path.exists() else None
