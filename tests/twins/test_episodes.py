"""Kidney injury and sepsis from the records; the rules themselves: tests/twins/scores."""

import pandas as pd
import pytest

from jobs.twins import episodes
from tests.twins.conftest import PATIENT, at
from warehouse.lake import insert


@pytest.fixture
def hours(con):
    """Put hourly totals of SOFA into the history."""

    def put(*totals, start="2026-03-01 00:00"):
        rows = pd.DataFrame({"sofa_total": totals, "patient_id": PATIENT, "bucket": 0})
        times = [at(start) + pd.Timedelta(hours=hour) for hour in range(len(totals))]
        insert(con, "twin.patient_hour", rows.assign(hour=times))

    return put


def test_a_rise_of_creatinine_is_an_injury_of_its_stage(observe, con):
    observe("creatinine", 1.0, "2026-03-01 06:00")
    observe("creatinine", 2.1, "2026-03-02 06:00")
    found = episodes.kidney(con, PATIENT).set_index("time")["kdigo_stage"]
    assert found.iloc[-1] == 2


def test_a_creatinine_taken_back_is_no_injury(observe, con):
    observe("creatinine", 1.0, "2026-03-01 06:00")
    wrong = observe("creatinine", 4.1, "2026-03-02 06:00")
    observe("creatinine", None, "2026-03-02 06:00", arrived="2026-03-02 08:00",
            observation_id=wrong, is_revised=True)  # fmt: skip
    assert not (episodes.kidney(con, PATIENT)["kdigo_stage"] > 0).any()


def test_urine_without_a_weight_tells_nothing(observe, con):
    for hour in range(24):
        observe("urine_output", 5, f"{hour:02}:30")
    assert episodes.kidney(con)["kdigo_stage"].isna().all()


def test_little_urine_for_half_a_day_is_an_injury(observe, con):
    observe("weight", 80, "00:00")
    for hour in range(24):
        observe("urine_output", 20, f"{hour:02}:30")
    assert episodes.kidney(con)["kdigo_stage"].max() == 2


def test_antibiotic_culture_and_a_rise_are_sepsis(treat, hours, con):
    treat("culture", "2026-03-01 05:00", "2026-03-01 05:00")
    treat("antibiotic", "2026-03-01 06:00", "2026-03-01 06:00")
    hours(1, 1, 1, 1, 1, 1, 1, 3)
    (found,) = episodes.sepsis(con, PATIENT).to_dict("records")
    assert (found["suspected"], found["onset"]) == (at("2026-03-01 05:00"), at("2026-03-01 07:00"))


def test_without_a_culture_nobody_suspects(treat, hours, con):
    treat("antibiotic", "2026-03-01 06:00", "2026-03-01 06:00")
    hours(1, 1, 5)
    assert episodes.sepsis(con).empty


def test_no_records_give_no_episodes(con):
    assert episodes.kidney(con).empty and episodes.sepsis(con).empty
