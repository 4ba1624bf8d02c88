"""A patient with a monitor, and decisions about their profile: times are "HH:MM" on one day."""

from datetime import UTC, datetime

import pytest

from jobs import microbatch
from jobs.profiles import decide as profiles
from tests.conftest import NOW
from tests.quarantine.conftest import admitted as admitted
from tests.quarantine.conftest import reading, readings
from tests.quarantine.conftest import take_in as take_in
from warehouse.lake import frame


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-01T{time}").replace(tzinfo=UTC)


@pytest.fixture
def patient(lake) -> int:
    """The pseudonym of the one whom `admitted` admits."""
    return lake.keys.identifier("patient", "demo-hospital", "p1")


@pytest.fixture
def measure(take_in):
    """The monitor sends a saturation; it arrives half a minute later."""
    return lambda time, value: take_in(
        "demo-monitor", f"{time}.csv", readings(reading(time, value))
    )


@pytest.fixture
def said(patient):
    """A decision as its file holds it; what a test does not name is a limit from 88 %."""

    def make(action="limit", time="08:30", until="20:00", **rest) -> dict:
        about = {"concept": "spo2", "low": 88.0, "high": None, "unit": "%", "scale": 2}
        about |= {"until": at(until), "by": "Nora Quartermain", "reason": "knows her lungs"}
        return profiles.line(action, rest.pop("patient", patient), at=at(time), **about | rest)

    return make


@pytest.fixture
def decide(lake, said):
    """Land a decision and take it in; returns the drain's totals."""

    def decided(*args, **given) -> dict:
        profiles.land(lake, said(*args, **given))
        return microbatch.drain_decisions(lake, now=NOW)

    return decided


@pytest.fixture
def news2_spo2(lake):
    """The scale and the points of the patient's saturation, now."""

    def read() -> tuple:
        with lake.read() as con:
            return con.execute("SELECT news2_scale, news2_spo2 FROM twin.patient_now").fetchone()

    return read


@pytest.fixture
def rows(lake):
    def read(query: str) -> list[dict]:
        with lake.read() as con:
            return frame(con, query).to_dict("records")

    return read
