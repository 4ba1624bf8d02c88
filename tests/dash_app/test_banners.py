from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from dash_app import banners, current
from dash_app.banners import Banner
from tests.dash_app.records import NOW, ago, patients

LIMIT = timedelta(minutes=5)


def said(*rows: dict, last_risk=pd.NaT) -> list[Banner]:
    return banners.of(current.as_seen(patients(*rows), NOW), last_risk, NOW)


def said_of_age(*rows: dict) -> list[Banner]:
    newest = banners.newest_live(current.as_seen(patients(*rows), NOW))
    return banners.of_age(newest, NOW, LIMIT)


def test_fresh_data_need_no_banner():
    assert said({}) == said_of_age({}) == []


@pytest.mark.parametrize(
    ("age", "tone"),
    [
        (timedelta(minutes=5), None),
        (timedelta(minutes=5, seconds=1), "amber"),
        (timedelta(minutes=10), "amber"),
        (timedelta(minutes=10, seconds=1), "red"),
    ],
)
def test_old_data_are_amber_and_beyond_twice_the_limit_red(age, tone):
    tones = [banner.tone for banner in said_of_age({"time": NOW - age})]
    assert tones == [tone] * (tone is not None)
    assert banners.is_red(said_of_age({"time": NOW - age})) == (tone == "red")


def test_the_stale_banner_says_how_old_and_what_it_means():
    assert said_of_age({"time": ago(minutes=11)})[0].text == (
        "Data are 11 min old (limit 5 min). Scores may not show the patient's present state."
    )


def test_the_newest_data_of_the_ward_count():
    assert said_of_age({"patient_id": 1, "time": ago(hours=2)}, {"patient_id": 2}) == []


def test_historical_patients_are_announced_and_never_stale():
    left = {"is_live": False, "time": ago(days=900), "end_time": ago(days=900)}
    assert [banner.tone for banner in said(left)] == ["info"]
    assert said_of_age(left) == []


def test_without_any_risk_the_page_says_news2_only():
    assert said({"risk": np.nan})[0].text == "Risk model unavailable. NEWS2 only."
    degraded = said({"risk": np.nan}, last_risk=pd.Timestamp(ago(minutes=38)))
    assert degraded[0].text == "Risk model unavailable since 11:22. NEWS2 only."


@pytest.mark.parametrize(
    "others",
    [
        [{"patient_id": 2}],
        [{"patient_id": 1, "risk": np.nan, "is_critical": True}],
        [{"patient_id": 1, "risk": np.nan, "time": ago(hours=30)}],
    ],
)
def test_one_patient_without_a_risk_is_no_reason_to_blame_the_model(others):
    critical = {"patient_id": 3, "risk": np.nan, "is_critical": True}
    texts = [banner.text for banner in said(critical, *others)]
    assert not any("Risk model" in text for text in texts)


def test_no_patients_no_banner():
    assert said() == said_of_age() == []
