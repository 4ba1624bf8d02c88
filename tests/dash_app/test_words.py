import doctest
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from dash_app import words

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_examples_in_the_docstrings_are_true():
    assert doctest.testmod(words).failed == 0


def test_the_signs_stand_in_the_order_of_the_chart():
    assert words.signs()[:3] == ("respiratory_rate", "spo2", "oxygen")
    assert len(words.signs()) == 7


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "under 1 min"),
        (1, "1 min"),
        (89, "89 min"),
        (90, "1 h 30 min"),
        (120, "2 h"),
        (359, "5 h 59 min"),
        (360, "6 h"),
        (47 * 60 + 59, "47 h"),
        (48 * 60, "2 days"),
    ],
)
def test_an_age_is_as_exact_as_it_matters(minutes, said):
    assert words.age(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s ago"), (40, "40 s ago"), (119, "119 s ago"), (120, "2 min ago")],
)
def test_the_age_of_the_data_counts_seconds_at_first(seconds, said):
    assert words.ago(timedelta(seconds=seconds)) == said


def test_a_time_always_says_its_offset():
    zone = timezone(timedelta(hours=-4, minutes=-30))
    assert words.clock(AT) == "12:00 +00:00"
    assert words.moment(AT.astimezone(zone)) == "1 Mar 2026 07:30 -04:30"


def test_a_time_of_another_day_says_the_day():
    assert words.time_of_day(AT, AT) == "12:00"
    assert words.time_of_day(AT - timedelta(days=1), AT) == "28 Feb 12:00"


@pytest.mark.parametrize(
    ("concept", "value", "said"),
    [
        ("spo2", 84.0, "84 %"),
        ("heart_rate", 40.5, "41 /min"),
        ("temperature", 38.05, "38.1 °C"),
        ("systolic_bp", 104.4, "104 mmHg"),
        ("ph", 7.355, "7.36"),
        ("oxygen", 1.0, "Oxygen"),
        ("consciousness", 2.0, "Responds to voice"),
        ("spo2", None, "—"),
        ("spo2", float("nan"), "—"),
    ],
)
def test_a_value_has_its_unit_and_is_rounded_as_it_is_scored(concept, value, said):
    assert words.quantity(concept, value) == said


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna Maria Brown", "A. B."),
        ("cher", "C."),
        ("Öztürk Łukasz", "Ö. Ł."),
        ("  ", ""),
        (None, ""),
    ],
)
def test_of_a_name_only_initials_are_shown(name, shown):
    assert words.initials(name) == shown


@pytest.mark.parametrize(
    ("years", "sex", "shown"),
    [(72.9, "female", "72 F"), (34.0, "male", "34 M"), (float("nan"), "unknown", "")],
)
def test_age_and_sex_leave_out_what_is_not_known(years, sex, shown):
    assert words.age_and_sex(years, sex) == shown


def test_the_day_of_admission_is_day_one():
    assert words.stay(AT - timedelta(hours=5), AT) == "day 1"
    assert words.stay(AT - timedelta(hours=49), AT) == "day 3"
    assert words.stay(pd.NaT, AT) == ""
