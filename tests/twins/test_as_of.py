"""What was known then: late, corrected and retracted values, and what landed since."""

import pytest

from jobs.twins import as_of
from tests.twins.conftest import PATIENT, at


@pytest.fixture
def known(con):
    """The saturations known at a time, by the question and by the twin."""

    def ask(time: str, **more) -> list[float]:
        found = as_of.observations(con, PATIENT, at(time), **more)
        return found["value"].tolist()

    return ask


def test_a_late_result_is_not_known_before_it_arrived(observe, known, con):
    observe(time="10:00", arrived="12:00", value=91.0)
    assert (known("11:00"), known("12:00")) == ([], [91.0])
    assert "spo2_last" not in as_of.twin(con, PATIENT, at("11:00"))
    assert as_of.twin(con, PATIENT, at("12:00"))["spo2_last"] == 91.0


def test_a_correction_counts_from_when_it_arrived(observe, known):
    first = observe(time="10:00", value=71.0)
    observe(time="10:00", arrived="11:00", value=97.0, observation_id=first, is_revised=True)
    assert (known("10:30"), known("11:00")) == ([71.0], [97.0])


def test_a_value_that_was_somebody_elses_is_not_known_any_longer(observe, known):
    first = observe(time="10:00", value=71.0)
    observe(time="10:00", arrived="11:00", value=71.0, observation_id=first, is_revised=True,
            patient_id=PATIENT + 1)  # fmt: skip
    assert (known("10:30"), known("11:00")) == ([71.0], [])


def test_of_two_versions_at_once_the_one_that_takes_back_counts(observe, known):
    first = observe(time="10:00", value=71.0)
    observe(time="10:00", value=None, observation_id=first, is_revised=True)
    assert known("11:00") == []


def test_a_retracted_value_vanishes_now_and_remains_as_of_then(observe, known, con):
    first = observe(time="10:00", value=71.0)
    observe(time="10:00", arrived="11:00", value=None, observation_id=first, is_revised=True)
    assert (known("10:30"), known("11:00")) == ([71.0], [])
    assert as_of.twin(con, PATIENT, at("10:30"))["spo2_last"] == 71.0
    assert "spo2_last" not in as_of.twin(con, PATIENT, at("11:00"))


def test_what_we_took_in_later_can_be_left_out(observe, known):
    observe(time="10:00", value=91.0)
    observe(time="10:05", value=92.0, batch_no=2)
    assert known("11:00", batch_no=1) == [91.0]
    assert known("11:00") == [91.0, 92.0]


def test_an_unmapped_code_is_known_too(observe, con):
    observe(time="10:00", concept=None, value=None, source_code="XYZ")
    assert as_of.observations(con, PATIENT, at("11:00"))["source_code"].tolist() == ["XYZ"]
