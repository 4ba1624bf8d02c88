"""Limits of the patient's own: what lies beyond one opens an alert, and silences no other."""

import json

import pandas as pd
import pytest

from warehouse.lake import insert

OPENED, RESOLVED = "personal_limit opened watch", "personal_limit resolved routine"


@pytest.fixture
def measured(twin):
    """A twin with one value, measured at its instant or at `when`; NEWS2 has no points."""

    def make(value, at="10:00", concept="spo2", when=None, **points):
        time = pd.Timestamp(f"2026-03-01 {when or at}", tz="UTC").as_unit("us")
        values = {f"{concept}_last": value, f"{concept}_time": time}
        return twin(at=at, values=values, measured=False, **points)

    return make


@pytest.mark.parametrize(
    "low, high, value, is_told",
    [
        (88, None, 87, True),
        (88, None, 88, False),
        (88, None, 89, False),
        (None, 92, 93, True),
        (None, 92, 92, False),
        (88, 92, 87, True),
        (88, 92, 90, False),
        (88, 92, 93, True),
    ],
)
def test_a_value_beyond_the_limit_opens_a_watch(
    low, high, value, is_told, limit, measured, compute, changes
):
    limit(low=low, high=high)
    compute(measured(value))
    assert changes() == [OPENED] * is_told


def test_a_value_is_compared_as_the_twin_holds_it(con, limit, measured, compute, changes):
    limit("temperature", low=37.8)
    (held,) = con.execute("SELECT CAST(37.8 AS FLOAT)").fetchone()
    assert held < 37.8
    compute(measured(held, concept="temperature"))
    assert changes() == []


def test_the_alert_names_the_sign_the_value_and_the_limit(limit, measured, compute, alerts):
    limit(low=88)
    compute(measured(86))
    assert json.loads(alerts()["reasons"][0]) == [
        {
            "concept": "spo2",
            "value": 86.0,
            "unit": "%",
            "time": "2026-03-01T10:00:00+00:00",
            "low": 88.0,
        }
    ]


def test_every_sign_beyond_its_limit_is_a_reason(limit, measured, compute, alerts):
    limit(low=88)
    limit("lactate", high=4)
    values = measured(86)
    values = values.assign(lactate_last=6.1, lactate_time=values["time"])
    compute(values)
    found = json.loads(alerts()["reasons"][0])
    assert [(part["concept"], part["value"]) for part in found] == [("spo2", 86), ("lactate", 6.1)]


def test_back_within_the_limit_it_is_resolved(limit, measured, compute, changes):
    limit(low=88)
    compute(measured(86))
    compute(measured(88, at="11:00"))
    assert changes() == [OPENED, RESOLVED]


def test_an_expired_limit_resolves_its_alert_and_opens_none(limit, measured, compute, changes):
    limit(low=88, until="11:00")
    compute(measured(86))
    compute(measured(86, at="11:00"))
    compute(measured(85, at="12:00"))
    assert changes() == [OPENED, RESOLVED]


def test_an_ended_limit_resolves_its_alert(limit, measured, compute, changes):
    limit(low=88)
    compute(measured(86))
    limit(at="10:30", until=None, is_retracted=True)
    compute(measured(86, at="11:00"))
    assert changes() == [OPENED, RESOLVED]


def test_a_value_that_is_too_old_opens_none(limit, measured, compute, changes):
    limit(low=88, until="23:00")
    compute(measured(86, at="20:00", when="08:00"))
    assert changes() == []


def test_a_value_that_is_no_longer_valid_has_not_recovered(limit, measured, compute, changes):
    limit(low=88, until="23:59")
    compute(measured(86))
    compute(measured(86, at="22:00", when="10:00"))
    assert changes() == [OPENED]


def test_an_unknown_value_cannot_close_it_while_the_limit_is_in_force(
    limit, measured, twin, compute, changes
):
    limit(low=88, until="12:00")
    compute(measured(86))
    compute(twin(at="11:00", measured=False))
    assert changes() == [OPENED]
    compute(twin(at="12:00", measured=False))
    assert changes() == [OPENED, RESOLVED]


def test_another_sign_that_was_never_measured_does_not_keep_it_open(
    limit, measured, compute, changes
):
    limit(low=88)
    limit("lactate", high=4)
    compute(measured(86))
    compute(measured(90, at="11:00"))
    assert changes() == [OPENED, RESOLVED]


def test_a_limit_counts_from_when_it_was_decided(limit, measured, compute, changes):
    limit(low=88, at="10:30")
    compute(measured(86))
    assert changes() == []
    compute(measured(86, at="11:00"))
    assert changes() == [OPENED]


@pytest.mark.parametrize("landed_last", ["08:00", "09:00"])
def test_the_newest_word_counts_in_whatever_order_they_landed(
    landed_last, limit, measured, compute, changes
):
    said = {"08:00": {"low": 95}, "09:00": {"low": 80}}
    for at in sorted(said, key=lambda at: at == landed_last):
        limit(at=at, batch_no=2 if at == landed_last else 1, **said[at])
    compute(measured(86))
    assert changes() == []


def test_a_limit_silences_neither_news2_nor_risk(limit, measured, compute, changes):
    limit(low=80)
    predictions = pd.DataFrame({"patient_id": [4711], "level": ["urgent"], "reasons": [None]})
    compute(measured(84, spo2=3), predictions)
    assert changes() == ["news2_single opened watch", "risk opened urgent"]


def test_a_limit_of_any_of_a_person_s_numbers_counts(con, limit, measured, compute, changes):
    numbers = pd.DataFrame({"patient_id": [12, 4711], "person_id": [4711, 4711]})
    insert(con, "clinical.person", numbers)
    limit(low=88, patient=12)
    compute(measured(86))
    assert changes() == [OPENED]


def test_a_prescribed_scale_is_no_limit(limit, twin, compute, changes):
    limit("spo2_scale")
    compute(twin())
    assert changes() == []


def test_discharge_resolves_it(limit, measured, compute, changes, stay):
    limit(low=88)
    compute(measured(86))
    stay(end="10:30", arrived="10:30")
    compute(measured(86, at="11:00", when="10:00"))
    assert changes() == [OPENED, RESOLVED]


def test_a_prescription_that_ends_after_discharge_is_no_measurement(twin, compute, changes, stay):
    """Else a late result would make a patient who has left one who is back."""
    compute(twin(at="10:00", spo2=3))
    stay(end="11:00", arrived="11:00")
    reverted = {"spo2_scale_last": 1.0, "spo2_scale_time": twin(at="15:00")["time"][0]}
    early = {"spo2_last": 84.0, "spo2_time": twin(at="10:00")["time"][0]}
    compute(twin(at="16:00", spo2=3, measured=False, values=early | reverted))
    assert changes() == ["news2_single opened watch", "news2_single resolved routine"]
