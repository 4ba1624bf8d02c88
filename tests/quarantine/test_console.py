"""Decisions by name: one row, or all of a batch that broke a rule; from a form, or landed."""

import pytest

from jobs.quarantine import console
from tests.conftest import NOW
from tests.quarantine.conftest import reading, readings
from warehouse.errors import DecisionIncomplete, NotSetUp

FORM = {"action": "release", "batch": "", "rule": "", "by": "A. Nurse", "reason": "known"}


@pytest.fixture
def batch(lake, admitted, take_in) -> str:
    """The batch of two saturations that are too low and one that is no number."""
    lines = [reading("08:00", 15), reading("09:00", 14), reading("10:00", "high")]
    take_in("demo-monitor", "a.csv", readings(*lines))
    with lake.read() as con:
        return con.execute("SELECT min(batch_id) FROM quality.quarantine").fetchone()[0]


def test_a_rule_names_every_row_of_the_batch_that_broke_it(lake, batch):
    assert [row["line"] for row in console.rows(lake, batch[:8], rule="value_not_too_low")] == [
        1,
        2,
    ]


def test_a_line_names_one_row(lake, batch):
    assert console.rows(lake, batch, line=3) == [{"batch_id": batch, "line": 3, "part": 0}]


@pytest.mark.parametrize("named", [{}, {"line": 1, "rule": "value_readable"}, {"line": 4}])
def test_a_choice_of_nothing_is_told(lake, batch, named):
    with pytest.raises(NotSetUp, match=r"name one row|no such row"):
        console.rows(lake, batch, **named)


def test_a_form_decides_on_all_rows_of_its_batch_and_rule(lake, batch):
    form = FORM | {"batch": batch, "rule": "value_not_too_low"}
    assert console.from_form(lake, form, now=NOW)["accepted"] == 2
    assert [row["line"] for row in console.rows(lake, batch, rule="value_readable")] == [3]


def test_a_form_without_a_batch_takes_in_what_has_landed(lake, batch):
    assert console.from_form(lake, FORM, now=NOW)["batches"] == 0


def test_a_form_that_is_run_again_decides_nothing_new(lake, batch):
    form = FORM | {"batch": batch, "rule": "value_not_too_low"}
    console.from_form(lake, form, now=NOW)
    assert console.from_form(lake, form, now=NOW)["batches"] == 0


def test_a_rule_leaves_out_what_somebody_has_rejected(lake, batch):
    console.decide(
        lake, "reject", console.rows(lake, batch, line=1), None, by="A", reason="b", now=NOW
    )
    assert [row["line"] for row in console.rows(lake, batch, rule="value_not_too_low")] == [2]


def test_the_beginning_of_two_batches_is_too_little(lake, batch, take_in):
    take_in("demo-monitor", "b.csv", readings(reading("11:00", 15)))
    with pytest.raises(NotSetUp, match="more than one batch"):
        console.rows(lake, "", rule="value_not_too_low")


def test_a_form_without_a_name_lands_nothing(lake, batch):
    with pytest.raises(DecisionIncomplete, match="your name"):
        console.from_form(
            lake, FORM | {"batch": batch, "rule": "value_readable", "by": ""}, now=NOW
        )
    assert not list(lake.settings.landing.glob("decisions/*"))
