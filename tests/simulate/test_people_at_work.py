"""Nurses, doctors and the laboratory."""

import numpy as np
import pytest

from jobs.simulate import laboratory, nursing, world
from jobs.simulate.parameters import SIGNS
from jobs.simulate.treatments import administrations, deterioration
from tests.simulate.conftest import SMALL


@pytest.fixture(scope="module")
def stays() -> tuple[world.Stay, ...]:
    return world.build(**SMALL | {"patients": 150}).stays


def looks(stays, is_wanted) -> np.ndarray:
    """Hours between two looks, of those that began with a danger that is wanted."""
    return np.array(
        [
            after.time - chart.time
            for stay in stays
            for chart, after in zip(stay.course.charts, stay.course.charts[1:], strict=False)
            if is_wanted(stay.course, chart.time)
        ]
    )


def test_calm_patients_are_charted_every_four_to_six_hours(stays):
    calm = looks(stays, lambda course, time: course.severity(np.array([time])).sum() < 0.1)
    assert 4 < np.median(calm) < 6


def test_worrying_patients_are_charted_hourly(stays):
    worrying = looks(stays, lambda course, time: course.danger(time) > 1)
    assert 0.8 < np.median(worrying) < 1.2


def test_some_signs_are_left_out_of_some_sets(stays):
    charts = [chart.values for stay in stays for chart in stay.course.charts]
    for sign in SIGNS:
        share = np.mean([sign in values for values in charts])
        assert 0.6 < share < 1


def test_charting_is_filed_minutes_later_and_now_and_then_an_hour(stays):
    delays = np.array([chart.issued - chart.time for stay in stays for chart in stay.course.charts])
    assert delays.min() > 0
    assert np.median(delays) < 10 / 60
    assert 0.005 < (delays > 0.5).mean() < 0.08


def test_oxygen_is_charted_as_it_is_given(stays):
    values = [chart.values for stay in stays for chart in stay.course.charts]
    on_oxygen = [value for value in values if value.get("oxygen") == 1]
    assert on_oxygen and all(value["oxygen_flow"] in nursing.FLOWS for value in on_oxygen)
    assert not [value for value in values if value.get("oxygen") == 0 and "oxygen_flow" in value]


def test_ten_to_twenty_in_a_hundred_deteriorate(stays):
    share = np.mean([deterioration(stay) < np.inf for stay in stays])
    assert 0.08 < share < 0.22


def test_deterioration_is_the_first_transfer_infusion_or_death(stays):
    for stay in stays:
        care = stay.course.care
        assert deterioration(stay) <= min(care.icu_from, care.death)


def test_some_are_saved_in_intensive_care_and_some_die(stays):
    in_icu = [stay for stay in stays if np.isfinite(stay.course.care.icu_from)]
    assert {stay.course.is_dead for stay in in_icu} == {True, False}
    assert any(len(stay.places) == 3 for stay in in_icu)


def test_pressors_are_given_around_intensive_care_only(stays):
    infusions = [
        (drug.start - stay.course.care.icu_from, drug)
        for stay in stays
        for drug in administrations(stay)
        if drug.is_infusion
    ]
    assert infusions
    assert all(-1 <= after <= 5 and drug.end > drug.start for after, drug in infusions)


def test_no_drug_is_given_after_the_end(stays):
    for stay in stays:
        for drug in administrations(stay):
            assert stay.course.admitted < drug.start < drug.end < stay.course.ended


def test_blood_is_drawn_on_admission_and_in_the_morning(stays):
    results = [laboratory.results(stay) for stay in stays]
    first = [
        rows["time"].min() - stay.course.admitted
        for rows, stay in zip(results, stays, strict=True)
        if len(rows)
    ]
    assert max(first) < 2
    hours = np.concatenate(
        [(rows["time"] + stay.course.clock) % 24 for rows, stay in zip(results, stays, strict=True)]
    )
    assert np.histogram(hours, bins=24, range=(0, 24))[0].argmax() in (5, 6)


def test_the_sick_have_more_lactate(stays):
    sick, well = [], []
    for stay in stays:
        rows = laboratory.results(stay).query("concept == 'lactate'")
        for time, value in zip(rows["time"], rows["value"], strict=True):
            (sick if stay.course.danger(time) > 0.8 else well).append(value)
    assert np.mean(sick) > 1.3 * np.mean(well)


def test_results_come_some_time_after_the_draw(stays):
    waits = np.concatenate(
        [(rows["issued"] - rows["time"]) for rows in map(laboratory.results, stays)]
    )
    assert waits.min() > 0 and 0.5 < np.median(waits) < 1.2
