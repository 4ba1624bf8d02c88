"""The worst of a day for SOFA, from readings and treatments as known then; vectors by hand."""

import pytest

from tests.twins.conftest import is_missing


@pytest.fixture
def breathe(observe):
    """Arterial oxygen and the inspired fraction before it."""

    def add(pao2, fio2, time="10:00", **rest):
        observe("fio2", fio2, time, **rest)
        observe("pao2", pao2, time, **rest)

    return add


@pytest.mark.parametrize(
    "pao2, fio2, points", [(84, 21, 0), (80, 21, 1), (100, 40, 2), (75, 50, 2), (45, 60, 2)]
)
def test_without_a_ventilator_the_lungs_give_no_more_than_two_points(
    breathe, twin, pao2, fio2, points
):
    breathe(pao2, fio2)
    assert twin("11:00")["sofa_respiration"] == points


@pytest.mark.parametrize("pao2, fio2, points", [(100, 40, 2), (75, 50, 3), (45, 60, 4)])
def test_on_a_ventilator_they_give_up_to_four(breathe, treat, twin, pao2, fio2, points):
    treat("invasive_ventilation", "09:00")
    breathe(pao2, fio2)
    assert twin("11:00")["sofa_respiration"] == points


def test_a_ratio_from_before_the_ventilator_is_one_without_it(breathe, treat, twin):
    breathe(45, 60, "08:00")
    treat("invasive_ventilation", "09:00")
    assert twin("11:00")["sofa_respiration"] == 2


def test_a_ventilator_that_nobody_has_told_of_is_not_known(breathe, treat, twin):
    breathe(45, 60)
    treat("invasive_ventilation", "09:00", arrived="12:00")
    assert twin("11:00", "12:00")["sofa_respiration"].tolist() == [2, 4]


def test_a_fraction_of_long_ago_tells_no_ratio(observe, twin):
    observe("fio2", 60, "05:59")
    observe("pao2", 45, "10:00")
    assert is_missing(twin("11:00")["sofa_respiration"])


def test_the_fraction_is_that_before_the_sample_not_after_it(observe, twin):
    observe("fio2", 40, "09:00")
    observe("pao2", 100, "10:00")
    observe("fio2", 100, "10:30")
    assert twin("11:00")["sofa_respiration"] == 2


def test_the_worst_of_a_day_counts_and_no_longer(breathe, twin):
    breathe(100, 40, "2026-03-01 10:00")
    breathe(95, 21, "2026-03-01 20:00")
    found = twin("2026-03-01 21:00", "2026-03-02 09:59", "2026-03-02 10:00")
    assert found["sofa_respiration"].tolist() == [2, 2, 0]


@pytest.mark.parametrize(
    "concept, rate, points",
    [
        ("dobutamine", 2.5, 2),
        ("dopamine", 5, 2),
        ("dopamine", 5.1, 3),
        ("dopamine", 15.1, 4),
        ("norepinephrine", 0.1, 3),
        ("norepinephrine", 0.11, 4),
        ("epinephrine", 0.2, 4),
    ],
)
def test_an_infusion_gives_the_points_of_its_rate(observe, treat, twin, concept, rate, points):
    observe("mean_bp", 75, "10:00")
    treat(concept, "09:00", "10:00", dose=rate, source_unit="mcg/kg/min")
    assert twin("11:00")["sofa_cardiovascular"] == points


def test_a_rate_of_nought_is_no_infusion(observe, treat, twin):
    observe("mean_bp", 75, "10:00")
    treat("norepinephrine", "09:00", dose=0.0, source_unit="mcg/kg/min")
    assert twin("11:00")["sofa_cardiovascular"] == 0


def test_a_rate_that_nobody_told_gives_the_least_of_the_drug(observe, treat, twin):
    observe("mean_bp", 75, "10:00")
    treat("norepinephrine", "09:00", dose=8.0, source_unit="mcg/min")
    assert twin("11:00")["sofa_cardiovascular"] == 3


def test_an_infusion_of_the_day_before_is_over(observe, treat, twin):
    observe("mean_bp", 75, "2026-03-02 10:00")
    treat("norepinephrine", "2026-03-01 09:00", "2026-03-01 11:00")
    assert twin("2026-03-02 10:30", "2026-03-02 11:00")["sofa_cardiovascular"].tolist() == [3, 0]


def test_urine_is_unknown_until_a_day_has_passed(observe, admit, twin):
    admit("2026-03-01 10:00")
    for hour in ("2026-03-01 14:00", "2026-03-01 22:00", "2026-03-02 08:00"):
        observe("urine_output", 100, hour)
        observe("creatinine", 1.0, hour)
    found = twin("2026-03-02 09:00", "2026-03-02 10:00")
    assert found["sofa_renal"].tolist() == [0, 3]


def test_the_six_parts_add_up_and_are_counted(observe, treat, breathe, twin):
    """By hand: lungs 2, platelets 90 2, bilirubin 2.5 2, MAP 65 1, GCS 12 2, creatinine 1.5 1."""
    breathe(100, 40)
    told = {"platelets": 90, "bilirubin": 2.5, "mean_bp": 65, "gcs": 12, "creatinine": 1.5}
    for concept, value in told.items():
        observe(concept, value, "10:00")
    found = twin("11:00")
    assert (found["sofa_total"], found["sofa_known"]) == (10, 6)


def test_the_lowest_coma_scale_of_a_day_is_of_parts_charted_together(observe, twin):
    for time, parts in (("08:00", (2, 3, 5)), ("10:00", (4, 5, 6)), ("10:30", (1, None, 6))):
        for name, value in zip(("eye", "verbal", "motor"), parts, strict=True):
            observe(f"gcs_{name}", value, time)
    assert twin("09:00", "11:00")["sofa_cns"].tolist() == [2, 2]


def test_what_was_not_measured_is_not_normal(observe, twin):
    observe("platelets", 90, "10:00")
    found = twin("11:00")
    assert (found["sofa_total"], found["sofa_known"]) == (2, 1)
    assert is_missing(found["sofa_liver"])


def test_the_bedside_scores_are_in_the_twin_too(observe, twin):
    """By hand: MEWS 1 + 2 + 2 + 2 + 0 and qSOFA 2 of 3; SIRS three of four, none unknown."""
    told = {"systolic_bp": 95, "heart_rate": 112, "respiratory_rate": 24, "temperature": 38.6}
    for concept, value in (told | {"gcs": 15, "leukocytes": 9}).items():
        observe(concept, value, "10:00")
    found = twin("11:00")
    assert (found["mews_total"], found["mews_known"]) == (7, 5)
    assert (found["qsofa_total"], found["qsofa_positive"]) == (2, 1)
    assert (found["sirs_total"], found["sirs_known"]) == (3, 4)
