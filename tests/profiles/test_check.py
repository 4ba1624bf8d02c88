"""What is refused, and what a person is then told to do."""

from datetime import timedelta

import pytest

from jobs.profiles import check
from tests.profiles.conftest import at

LANDED = at("08:30")


def line(**changes) -> dict:
    limit = {"kind": "profile", "action": "limit", "patient_id": 1, "concept": "spo2", "unit": "%"}
    limit |= {"low": 88, "high": 96.5, "until": "2026-03-08T08:30:00+00:00"}
    return limit | {"by": "A", "reason": "b", "at": "2026-03-01T08:30:00+00:00"} | changes


def fault(is_known=True, **changes) -> str:
    return check.fault(line(**changes), is_known=is_known, landed=LANDED)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"low": None},
        {"high": None},
        {"low": 20, "high": 100},
        {"until": "2026-03-01T09:31:00+01:00"},
        {"until": "2027-03-01T08:30:00+00:00"},
        {"concept": "temperature", "low": 36, "high": 38, "unit": "Cel"},
        {"concept": "temperature", "low": 36, "high": 38, "unit": "°C"},
        {"action": "scale", "scale": 2},
        {"action": "end"},
        {"action": "end", "concept": "spo2_scale"},
    ],
)
def test_what_can_be_applied_has_no_fault(changes):
    assert fault(**changes) == ""


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"by": " "}, "no by: give your name"),
        ({"reason": ""}, "no reason: give a reason"),
        ({"reason": None}, "no reason: give a reason"),
        ({"concept": "spo3"}, "no concept is called so"),
        ({"concept": ["spo2"]}, "no concept is called so"),
        ({"concept": "consciousness", "unit": "{state}"}, "not a measured number"),
        ({"concept": "norepinephrine", "unit": ""}, "not a measured number"),
        ({"concept": "spo2_scale", "unit": "{scale}"}, "not a measured number"),
        ({"unit": "mm[Hg]"}, "the unit is not that of spo2: give the limits in %"),
        ({"unit": None}, "the unit is not that of spo2"),
        ({"low": None, "high": None}, "give one or both"),
        ({"low": "88"}, "the low is not a number"),
        ({"low": True}, "the low is not a number"),
        ({"low": float("nan")}, "give one between 20 and 100 %"),
        ({"low": 19}, "the low is beyond what can be measured: give one between 20 and 100 %"),
        ({"high": 101}, "the high is beyond what can be measured"),
        ({"high": 10**400}, "the high is beyond what can be measured"),
        ({"low": 92, "high": 88}, "the low is not below the high"),
        ({"low": 92, "high": 92}, "the low is not below the high"),
        ({"until": "2026-03-01T08:30:00+00:00"}, "until lies before the decision"),
        ({"until": "2026-02-28T08:30:00+00:00"}, "until lies before the decision"),
        ({"until": "2027-03-03T08:30:00+00:00"}, "more than a year after"),
        ({"until": "9999-12-31T23:59:00-12:00"}, "no time with its zone"),
        ({"until": "2026-03-08T08:30:00"}, "no time with its zone"),
        ({"until": "tomorrow"}, "no time with its zone"),
        ({"until": None}, "no time with its zone"),
        ({"at": "2026-03-01T09:31:00+00:00"}, "decided in the future"),
        ({"action": "widen"}, "say limit, scale or end"),
        ({"action": None}, "say limit, scale or end"),
        ({"action": "scale", "scale": 1}, "only scale 2 is prescribed"),
        ({"action": "scale", "scale": 2.0}, "only scale 2 is prescribed"),
        ({"action": "scale", "scale": 2, "until": None}, "no time with its zone"),
        ({"action": "end", "concept": "consciousness"}, "nothing is ever set for that"),
    ],
)
def test_a_fault_is_told_with_what_to_do(changes, words):
    assert words in fault(**changes)


def test_a_patient_whom_nobody_knows_is_told():
    assert "no patient has this pseudonym" in fault(is_known=False)


def test_a_year_is_the_longest():
    until = LANDED + check.LONGEST
    assert fault(until=until.isoformat()) == ""
    assert fault(until=(until + timedelta(seconds=1)).isoformat())
