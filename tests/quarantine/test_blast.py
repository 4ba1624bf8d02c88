"""The blast radius: what a row touched, or would have changed; nothing of it is committed."""

import pytest

from jobs.quarantine import blast
from jobs.twins import patient_hour
from tests.quarantine.conftest import reading, readings
from warehouse.digest import digests
from warehouse.errors import NotSetUp


@pytest.fixture
def refused(lake, admitted, take_in):
    """A saturation of 15 % at nine, refused; the history is built."""
    lines = [reading("08:00", 97), reading("09:00", 15), reading("23:00", 96)]
    take_in("demo-monitor", "a.csv", readings(*lines))
    patient_hour.rebuild(lake)
    with lake.read() as con:
        return con.execute("SELECT batch_id, line, part FROM quality.quarantine").fetchone()


def test_a_refused_row_tells_which_fields_it_would_have_changed(lake, refused):
    found = blast.of_refused(lake, *refused)
    assert (found["outcome"], found["patients"]) == ("accepted", 1)
    assert {"spo2_last", "spo2_min_6h", "spo2_mean_24h", "news2_spo2"} <= set(found["fields"])
    assert not any(name.startswith(("heart_rate", "age")) for name in found["fields"])
    assert found["levels_changed"] > 0


def test_nothing_of_a_trial_is_committed(lake, refused):
    with lake.read() as con:
        before = digests(con)
    blast.of_refused(lake, *refused)
    with lake.read() as con:
        assert digests(con) == before


def test_a_row_that_would_be_refused_again_changes_nothing(lake, admitted, take_in):
    take_in("demo-monitor", "a.csv", readings(reading("08:00", "high")))
    with lake.read() as con:
        row = con.execute("SELECT batch_id, line, part FROM quality.quarantine").fetchone()
    found = blast.of_refused(lake, *row)
    assert (found["outcome"], found["instants"], found["fields"]) == (
        "still refused or a duplicate",
        0,
        {},
    )
    assert blast.of_refused(lake, *row, changes={"value": "90"})["outcome"] == "accepted"


def test_an_accepted_value_tells_what_it_touched(lake, refused):
    with lake.read() as con:
        ((number,),) = con.execute(
            "SELECT observation_id FROM clinical.observation WHERE value = 97"
        ).fetchall()
    found = blast.of_observation(lake, number)
    hours = range(9, 24)  # until the next value arrived, half a minute after eleven at night
    assert found["fields"]["spo2_last"] == len(hours)
    assert found["instants"] > len(hours)


def test_a_row_that_is_not_in_quarantine_is_told(lake):
    with pytest.raises(NotSetUp, match=r"no row 1\.0 of batch nowhere"):
        blast.of_refused(lake, "nowhere", 1, 0)
