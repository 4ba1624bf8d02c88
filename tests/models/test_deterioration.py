"""The rules of the shipped deterioration, one by one, on hand-made records."""

import pytest

from jobs.models import outcomes
from tests.models.records import START


@pytest.fixture
def labelled(con):
    """{hour: label} of one patient, hours counted from START."""

    def read(patient=1):
        found = outcomes.labels(con, outcomes.read("deterioration_24h")).rows.query(
            "patient_id == @patient"
        )
        hours = (found["hour"] - START).dt.total_seconds() / 3600
        return dict(zip(hours.astype(int), found["label"], strict=True))

    return read


def test_the_24_hours_before_a_transfer_to_intensive_care_are_labelled(records, labelled):
    records.hours(0, 5, 6, 29)
    records.stay(end=100)
    records.place(start=30, end=100)
    assert labelled() == {0: 0, 5: 0, 6: 1, 29: 1}


def test_in_intensive_care_nobody_is_at_risk_and_after_it_they_are_again(records, labelled):
    records.hours(29, 30, 49, 50, 60, 75)
    records.stay(end=100)
    records.place(start=30, end=50)
    records.place(start=80, end=90)
    assert labelled() == {29: 1, 50: 0, 60: 1, 75: 1}


def test_a_move_within_intensive_care_is_no_new_transfer(records, labelled):
    records.hours(0, 35, 50, 71)
    records.stay(end=100)
    records.place(start=30, end=40)
    records.place(start=40, end=70)
    assert labelled() == {0: 0, 71: 0}


@pytest.mark.parametrize(
    "concept, label",
    [
        ("norepinephrine", 1),
        ("vasopressin", 1),
        ("invasive_ventilation", 1),
        ("dobutamine", 0),
        ("noninvasive_ventilation", 0),
        (None, 0),
    ],
)
def test_the_start_of_a_vasopressor_or_of_invasive_ventilation_is_deterioration(
    concept, label, records, labelled
):
    records.hours(8)
    records.stay(end=100)
    records.treatment(concept, start=10, end=20)
    assert labelled() == {8: label}


def test_while_a_vasopressor_runs_nobody_is_at_risk(records, labelled):
    records.hours(10, 19, 20)
    records.stay(end=100)
    records.treatment("norepinephrine", start=10, end=20)
    assert labelled() == {20: 0}


def test_a_treatment_without_an_end_lasts_until_its_stay_ends(records, labelled):
    records.hours(9, 10, 40)
    records.hours(60, encounter=11)
    records.stay(end=50)
    records.stay(start=55, end=100, encounter=11)
    records.treatment("norepinephrine", start=10)
    assert labelled() == {9: 1, 60: 0}


@pytest.mark.parametrize("death, label", [(24, 1), (25, 0)])
def test_death_within_24_hours_is_deterioration(death, label, records, labelled):
    records.hours(0)
    records.stay(end=death, death=death)
    assert labelled() == {0: label}


def test_a_death_that_only_the_patient_record_knows_counts(records, labelled):
    records.hours(0, 9, 10)
    records.stay(end=10)
    records.death(hour=10)
    assert labelled() == {0: 1, 9: 1}


def test_death_after_discharge_is_outside_the_follow_up(records, labelled):
    records.hours(0)
    records.stay(end=10)
    records.death(hour=15)
    assert labelled() == {0: 0}


def test_a_death_recorded_minutes_after_the_discharge_belongs_to_the_stay(records, labelled):
    records.hours(0)
    records.stay(end=10, death=10.5)
    assert labelled() == {0: 1}


def test_after_death_and_after_discharge_nobody_is_at_risk(records, labelled):
    records.hours(9, 10, 11)
    records.stay(end=10)
    records.hours(9, 12, patient=2, encounter=20)
    records.stay(patient=2, encounter=20, death=10)
    assert (labelled(1), labelled(2)) == ({9: 0}, {9: 1})


def test_discharge_within_24_hours_ends_the_follow_up_without_an_event(records, labelled):
    records.hours(0, 20)
    records.stay(end=21)
    assert labelled() == {0: 0, 20: 0}


def test_an_event_in_a_later_stay_is_outside_the_follow_up(records, labelled):
    records.hours(0)
    records.stay(end=5)
    records.stay(start=10, end=50, encounter=11)
    records.place(start=12, end=50, encounter=11)
    assert labelled() == {0: 0}


def test_where_the_record_stops_in_hospital_the_last_day_is_not_labelled(records, labelled):
    records.hours(0, 6, 7, 30)
    records.stay(end=None)
    assert labelled() == {0: 0, 6: 0}


def test_an_event_that_was_seen_counts_even_where_the_record_stops_after_it(records, labelled):
    records.hours(0, 6, 7, 30)
    records.stay(end=None)
    records.place(start=31)
    assert labelled() == {0: 0, 6: 0, 7: 1, 30: 1}


def test_a_patient_without_a_stay_is_followed_to_the_end_of_the_record(records, labelled):
    records.hours(0, 1, 24, encounter=None)
    assert labelled() == {0: 0}


def test_the_first_event_decides_whatever_comes_later(records, labelled):
    records.hours(0, 5, 20)
    records.stay(end=100, death=60)
    records.treatment("norepinephrine", start=4, end=5)
    records.place(start=22, end=60)
    assert labelled() == {0: 1, 5: 1, 20: 1}


def test_only_the_newest_version_of_a_stay_counts(records, labelled):
    records.hours(0)
    records.stay(end=None, version=1)
    records.stay(end=10, version=2)
    assert labelled() == {0: 0}


def test_other_patients_events_are_theirs(records, labelled):
    records.hours(0)
    records.stay(end=100)
    records.place(start=5, end=10, patient=2)
    assert labelled() == {0: 0}


def test_an_empty_lake_has_no_labels(con):
    assert outcomes.labels(con, outcomes.read("deterioration_24h")).rows.empty
