"""Patients are themselves, whoever else is there."""

from itertools import pairwise

import numpy as np
import pytest

from jobs.simulate import world
from jobs.simulate.wards import LIVE_WARD, BedPlan, ward_name
from tests.simulate.conftest import SMALL


def by_key(hospital: world.Hospital) -> dict:
    return {stay.key: stay for stay in hospital.stays}


def test_patient_k_is_the_same_however_many_others_there_are(small):
    more = by_key(world.build(**SMALL | {"patients": 80}))
    for key, stay in by_key(small).items():
        assert more[key].places == stay.places
        assert more[key].course.charts == stay.course.charts
        assert more[key].course.person.name == stay.course.person.name


def test_the_live_ward_is_full_at_until_and_each_bed_is_taken_again(small):
    lines = {}
    for stay in small.stays:
        for place in stay.places:
            if place.ward == LIVE_WARD and place.end > 0:
                lines.setdefault(place.bed, []).append(place)
    assert sorted(lines) == list(range(1, 7))
    for line in lines.values():
        assert line[0].start < 0 < line[0].end
        assert line[-1].end >= world.LIVE_HOURS
        gaps = [after.start - before.end for before, after in pairwise(line)]
        assert all(0 < gap < 5 for gap in gaps)


def test_trajectories_go_on_for_more_than_a_day_after_until(small):
    assert max(chart.time for stay in small.stays for chart in stay.course.charts) > 24


def test_a_stay_is_one_chain_of_places_from_admission_to_its_end(small):
    for stay in small.stays:
        assert stay.places[0].start == stay.course.admitted
        assert stay.places[-1].end == stay.course.ended
        for before, after in pairwise(stay.places):
            assert before.end == after.start


def test_patients_chart_until_they_leave_and_not_longer(small):
    for stay in small.stays:
        times = np.array([chart.time for chart in stay.course.charts])
        assert (np.diff(times) > 0).all()
        assert stay.course.admitted < times[0] and times[-1] < stay.course.ended


def test_a_full_ward_sends_the_next_patient_to_another():
    plan = BedPlan(live_beds=1)
    assert plan.first_free(0, 0, 10).name == "Ward 4B / Bed 1"
    assert plan.first_free(0, 5, 10).name == "Ward 5C / Bed 1"
    assert plan.first_free(0, 10, 11).name == "Ward 4B / Bed 1"


def test_a_reserved_bed_is_free_only_before():
    plan = BedPlan(live_beds=1)
    plan.reserve(1, start=5)
    assert plan.first_free(0, 0, 5).ward == LIVE_WARD
    assert plan.first_free(0, 4, 6).ward != LIVE_WARD


@pytest.mark.parametrize("number, name", [(0, "Ward 4B"), (1, "Ward 5C"), (24, "Ward 28Z")])
def test_wards_have_names_of_their_own(number, name):
    assert ward_name(number) == name
