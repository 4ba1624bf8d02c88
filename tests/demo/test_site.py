"""Where a demo lives: one hospital a folder, one demo at a time, and it goes on where it was."""

import json
import os
import socket
import sys
import time
from contextlib import nullcontext
from datetime import timedelta

import pytest

from jobs.demo import processes, site
from jobs.demo.site import World
from tests.conftest import NOW
from warehouse.errors import NotSetUp

FAMILY = "import os, time; os.fork(); time.sleep(60)"
WORLD = World(seed=1, patients=300, days=5, beds=24, until="2026-03-01T12:00:00+00:00")


@pytest.fixture
def var(settings):
    settings.var.mkdir()
    return settings.var


def test_a_new_folder_has_no_hospital(var):
    assert site.stored_world(var) is None
    assert site.written_until(var) is None


def test_the_hospital_and_how_far_it_has_written_are_remembered(var):
    site.remember(var, site.SYNTHETIC, WORLD, NOW)
    assert site.stored_world(var) == WORLD
    assert site.written_until(var) == NOW


def test_a_history_that_was_broken_off_is_the_same_one_again(var):
    site.remember(var, site.SYNTHETIC, WORLD, None)
    assert site.stored_world(var) == WORLD
    assert site.written_until(var) is None


@pytest.mark.parametrize("days, closed", [(6, False), (8, True)])
def test_a_hospital_that_has_closed_says_so(days, closed):
    refused = pytest.raises(NotSetUp, match="has closed") if closed else nullcontext()
    with refused:
        site.refuse_closed(WORLD, NOW + timedelta(days=days))


def test_a_folder_is_taken_by_whoever_comes_first(settings):
    assert site.settings_for(settings, "mimic-iv-demo").var == settings.var


def test_the_same_hospital_goes_on_in_its_folder(settings, var):
    site.remember(var, site.SYNTHETIC, WORLD, NOW)
    assert site.settings_for(settings, site.SYNTHETIC).var == var


def test_another_hospital_gets_a_folder_of_its_own(settings, var):
    site.remember(var, site.SYNTHETIC, WORLD, NOW)
    assert site.settings_for(settings, "mimic-iv-demo").var == var / "mimic-iv-demo"


def test_two_demos_in_one_folder_are_one_too_many(var):
    one_too_many = pytest.raises(NotSetUp, match="another demo runs in")
    with site.only_demo(var), one_too_many, site.only_demo(var):
        pass


def test_a_demo_that_ended_well_leaves_the_folder_free(var):
    for _ in range(2):
        with site.only_demo(var) as note:
            note([os.getsid(0)])


@pytest.fixture
def left_over(var):
    """A service of a demo that could not end it; noted in its lock."""
    command = [sys.executable, "-c", FAMILY]
    left = processes.start("left", command, dict(os.environ), var / "log")
    while len(processes.members([left.session])) < 2:
        time.sleep(0.01)
    (var / "demo.lock").write_text(json.dumps({left.session: processes.born(left.session)}))
    yield left
    processes.stop([left])


def test_what_a_killed_demo_left_running_is_named(var, left_over):
    pids = " ".join(map(str, processes.members([left_over.session])))
    with pytest.raises(NotSetUp, match=f"`kill {pids}`"), site.only_demo(var):
        pass


def test_children_whose_leader_has_ended_are_named_too(var, left_over):
    left_over.process.kill()
    left_over.process.wait()
    [child] = processes.members([left_over.session])
    with pytest.raises(NotSetUp, match=f"`kill {child}`"), site.only_demo(var):
        pass


@pytest.mark.parametrize("born", ["another-boot 1", f"{processes.boot()} 1"])
def test_a_session_of_somebody_else_with_a_number_used_before_is_none_of_ours(var, left_over, born):
    (var / "demo.lock").write_text(json.dumps({left_over.session: born}))
    with site.only_demo(var):
        pass


def test_a_taken_port_is_named(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NotSetUp, match=f"port {port} is in use"):
            site.refuse_taken_ports(settings.model_copy(update={"dash_port": port}))


def test_free_ports_are_free_and_differ(settings):
    found = site.with_free_ports(settings)
    assert found.airflow_port != found.dash_port
    site.refuse_taken_ports(found)
