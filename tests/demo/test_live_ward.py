"""The live ward writes without gaps, and says when it cannot."""

from datetime import timedelta

import pytest

from jobs.demo import live_ward, site
from jobs.demo.live_ward import LiveWard
from jobs.demo.site import World
from tests.conftest import NOW
from warehouse.errors import WardtwinError


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(live_ward, "SECONDS_BETWEEN_FILES", 0.05)


@pytest.fixture
def world(tmp_path) -> World:
    found = World(seed=1, patients=4, days=1, beds=4, until=NOW.isoformat())
    site.remember(tmp_path, site.SYNTHETIC, found, NOW)
    return found


def clock():
    """A clock on which a minute passes whenever somebody looks."""
    clock.now += timedelta(minutes=1)
    return clock.now


def test_it_writes_what_happened_since_it_last_wrote(tmp_path, world):
    clock.now = NOW
    with LiveWard(tmp_path, world, clock) as ward:
        ward.wait_for(2)
    assert list((tmp_path / "landing" / "demo-monitor").glob("*.csv"))
    assert site.written_until(tmp_path) == clock.now


def test_it_stops_when_its_block_ends(tmp_path, world):
    clock.now = NOW
    with LiveWard(tmp_path, world, clock) as ward:
        ward.wait_for(1)
    assert not ward._thread.is_alive()


def test_a_failure_in_the_background_is_told_to_who_waits(tmp_path, world):
    (tmp_path / "landing").write_text("no folder")
    clock.now = NOW
    with LiveWard(tmp_path, world, clock) as ward, pytest.raises(WardtwinError, match="stopped"):
        ward.wait_for(2)
