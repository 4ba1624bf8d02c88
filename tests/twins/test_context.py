"""Where a patient is, and what is given: as it was known then."""

import pytest

from tests.twins.conftest import is_missing


def test_the_place_is_the_one_begun_last(place, twin):
    place("ed", "06:00", "08:00")
    place("ward", "08:00")
    before, then, later = twin("05:00", "07:00", "09:30").to_dict("records")
    assert is_missing(before["place_kind"])
    assert (then["place_kind"], then["hours_in_place"]) == ("ed", 1.0)
    assert (later["place_kind"], later["hours_in_place"]) == ("ward", 1.5)


def test_a_transfer_that_nobody_has_told_yet_is_not_known(place, twin):
    place("ward", "06:00")
    place("icu", "08:00", arrived="10:00")
    early, late = twin("09:00", "10:00").to_dict("records")
    assert (early["place_kind"], late["place_kind"]) == ("ward", "icu")


def test_an_end_counts_from_when_it_was_told(place, twin):
    where = place("ward", "06:00")
    place("ward", "06:00", "08:00", arrived="09:00", location_id=where)
    early, late = twin("08:30", "09:30").to_dict("records")
    assert early["place_kind"] == "ward"
    assert is_missing(late["place_kind"]) and is_missing(late["hours_in_place"])


def test_a_place_taken_back_never_was(place, twin):
    where = place("icu", "06:00")
    place("icu", "06:00", arrived="08:00", location_id=where, is_retracted=True)
    early, late = twin("07:00", "08:00").to_dict("records")
    assert early["place_kind"] == "icu"
    assert is_missing(late["place_kind"])
    assert late["earlier_icu_stays"] == 0


def test_an_earlier_stay_in_intensive_care_is_remembered(place, twin):
    place("icu", "02:00", "05:00")
    place("ward", "05:00")
    inside, after = twin("04:00", "09:00").to_dict("records")
    assert inside["earlier_icu_stays"] == 0 and is_missing(inside["hours_since_icu"])
    assert (after["earlier_icu_stays"], after["hours_since_icu"]) == (1, 4.0)


@pytest.mark.parametrize(
    "concept, column",
    [
        ("norepinephrine", "on_vasopressor"),
        ("dobutamine", "on_inotrope"),
        ("invasive_ventilation", "on_ventilation"),
        ("noninvasive_ventilation", "on_support"),
    ],
)
def test_a_treatment_is_in_force_from_its_start_to_its_end(treat, twin, concept, column):
    treat(concept, "08:00", "10:00")
    found = twin("07:59", "08:00", "09:59", "10:00")[column].tolist()
    assert found == [0, 1, 1, 0]


def test_a_treatment_counts_from_when_it_was_charted(treat, twin):
    treat("norepinephrine", "08:00", arrived="09:00")
    assert twin("08:30", "09:00")["on_vasopressor"].tolist() == [0, 1]


def test_an_order_is_no_treatment_and_one_taken_back_is_none_either(treat, twin):
    treat("norepinephrine", "08:00", is_order=True)
    given = treat("dobutamine", "08:00")
    treat("dobutamine", "08:00", arrived="09:00", treatment_id=given, is_retracted=True)
    found = twin("08:30", "09:30")
    assert found["on_vasopressor"].tolist() == [0, 0]
    assert found["on_inotrope"].tolist() == [1, 0]


def test_other_patients_change_nothing(place, treat, twin):
    place("icu", "06:00", patient=9)
    treat("norepinephrine", "06:00", patient=9)
    found = twin("08:00")
    assert is_missing(found["place_kind"]) and found["on_vasopressor"] == 0
