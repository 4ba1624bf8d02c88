"""The row of each patient as of their last arrival."""

import pandas as pd
import pytest

from jobs.twins import patient_now
from tests.twins.conftest import PATIENT, at, is_missing
from warehouse.lake import frame

OTHER = PATIENT + 1


@pytest.fixture
def stored(con):
    return lambda: frame(con, "SELECT * FROM twin.patient_now ORDER BY patient_id")


def test_a_patient_stands_at_their_last_arrival(con, observe):
    observe("spo2", 97, "10:00", "10:05")
    observe("lactate", 1.0, "09:00", "11:00")
    found = patient_now.update(con, [PATIENT], 1)
    assert list(found["time"]) == [at("11:00")]
    assert list(found["batch_no"]) == [1]


def test_what_is_returned_is_what_is_stored(con, observe, admit, register, stored):
    register()
    admit("08:00")
    observe("spo2", 97, "10:00")
    pd.testing.assert_frame_equal(patient_now.update(con, [PATIENT], 1), stored())


def test_a_patient_without_observations_has_no_row(con, register, stored):
    register()
    assert len(patient_now.update(con, [PATIENT], 1)) == 0
    assert len(stored()) == 0


def test_nobody_to_update_is_nothing_to_do(con, stored):
    assert list(patient_now.update(con, [], 1).columns) == list(stored().columns)


def test_an_update_replaces_the_rows_of_its_patients_and_no_others(con, observe, stored):
    observe("spo2", 97, "10:00")
    observe("spo2", 96, "10:00", patient_id=OTHER)
    patient_now.update(con, [PATIENT, OTHER], 1)
    observe("spo2", 90, "11:00", batch_no=2)
    observe("spo2", 89, "11:00", batch_no=2, patient_id=OTHER)
    patient_now.update(con, [PATIENT], 2)
    assert list(stored()["spo2_last"]) == [90, 96]
    assert list(stored()["batch_no"]) == [2, 1]


def test_an_update_done_twice_is_done_once(con, observe, stored):
    observe("spo2", 97, "10:00")
    patient_now.update(con, [PATIENT, PATIENT], 1)
    before = stored()
    patient_now.update(con, [PATIENT], 1)
    pd.testing.assert_frame_equal(stored(), before)


def test_a_late_row_does_not_turn_the_clock_back(con, observe):
    observe("spo2", 97, "10:00")
    patient_now.update(con, [PATIENT], 1)
    observe("spo2", 84, "09:30", batch_no=2)
    found = patient_now.update(con, [PATIENT], 2)
    assert list(found["time"]) == [at("10:00")]
    assert list(found["spo2_n_1h"]) == [2]


def test_rows_of_a_batch_that_was_not_followed_are_not_missed(con, observe):
    observe("spo2", 97, "10:00")
    patient_now.update(con, [PATIENT], 1)
    observe("spo2", 84, "12:00", batch_no=2)
    observe("spo2", 85, "11:00", batch_no=3)
    found = patient_now.update(con, [PATIENT], 3)
    assert list(found["time"]) == [at("12:00")]


def test_demographics_alone_move_no_clock(con, observe, register):
    observe("spo2", 97, "10:00")
    patient_now.update(con, [PATIENT], 1)
    register(birth_year=1940)
    found = patient_now.update(con, [PATIENT], 2)
    assert list(found["time"]) == [at("10:00")]
    assert list(found["age"]) == [86]


def test_patients_a_century_apart_each_stand_at_their_own_hour(con, observe):
    observe("spo2", 97, "2026-03-01 10:00")
    observe("spo2", 91, "2126-03-01 10:00", patient_id=OTHER)
    found = patient_now.update(con, [PATIENT, OTHER], 1)
    assert list(found["time"].dt.year) == [2026, 2126]
    assert list(found["spo2_last"]) == [97, 91]


def test_a_twin_now_is_the_twin_of_that_instant(con, observe, twin):
    observe("spo2", 97, "10:00", "10:30")
    observe("temperature", 38.4, "09:00", "11:00")
    found = patient_now.update(con, [PATIENT], 1).iloc[0]
    pd.testing.assert_series_equal(
        found.drop("batch_no"), twin("11:00"), check_names=False, check_dtype=False
    )


def test_an_open_encounter_holds_the_patient(con, observe, admit):
    admit("2026-02-01 10:00")
    observe("spo2", 97, "10:00")
    found = patient_now.update(con, [PATIENT], 1).iloc[0]
    assert found["encounter_id"] == 8
    assert found["hours_in_hospital"] == 28 * 24


def test_a_result_long_after_discharge_belongs_to_no_encounter(con, observe, admit):
    admit("2026-02-01 10:00", "2026-02-03 10:00")
    observe("lactate", 1.0, "10:00")
    assert is_missing(patient_now.update(con, [PATIENT], 1).iloc[0]["encounter_id"])
