import json

import pandas as pd
import pytest

from jobs.alerts import lifecycle

NO_PREDICTIONS = pd.DataFrame({"patient_id": [], "level": [], "reasons": []})
HOURS = ["10:00", "11:00", "12:00", "13:00", "14:00"]


def risk(level, patient=4711, reasons=None):
    return pd.DataFrame({"patient_id": [patient], "level": [level], "reasons": [reasons]})


def points(total):
    """The total as parts below 3, so that only `news2_total` is concerned."""
    names = ("respiratory_rate", "spo2", "systolic_bp", "heart_rate", "temperature")
    parts = [2] * (total // 2) + [1] * (total % 2)
    return dict(zip(names, parts, strict=False))


@pytest.mark.parametrize(
    "totals, expected",
    [
        ([0], []),
        ([4], []),
        ([5], ["opened urgent"]),
        ([7], ["opened emergency"]),
        ([5, 6], ["opened urgent"]),
        ([5, 7], ["opened urgent", "raised emergency"]),
        ([7, 5], ["opened emergency"]),
        ([7, 5, 7], ["opened emergency"]),
        ([5, 4], ["opened urgent", "resolved routine"]),
        ([7, 5, 4], ["opened emergency", "resolved routine"]),
        ([5, 4, 4], ["opened urgent", "resolved routine"]),
        ([5, 4, 5], ["opened urgent", "resolved routine", "opened urgent"]),
    ],
)
def test_an_alert_lives_from_its_rise_to_the_first_computation_below_watch(
    totals, expected, twin, compute, changes
):
    for at, total in zip(HOURS, totals, strict=False):
        compute(twin(at=at, **points(total)))
    assert changes() == [f"news2_total {change}" for change in expected]


@pytest.mark.parametrize(
    "levels, expected",
    [
        (["routine"], []),
        (["watch"], ["opened watch"]),
        (["watch", "urgent", "emergency"], ["opened watch", "raised urgent", "raised emergency"]),
        (["emergency", "watch"], ["opened emergency"]),
        (["watch", "routine"], ["opened watch", "resolved routine"]),
        (["watch", None], ["opened watch"]),
        ([None], []),
    ],
)
def test_a_risk_alert_follows_the_bands_and_waits_while_there_is_no_prediction(
    levels, expected, twin, compute, changes
):
    for at, level in zip(HOURS, levels, strict=False):
        compute(twin(at=at), *([risk(level)] if level else []))
    assert changes() == [f"risk {change}" for change in expected]


def test_three_points_in_one_parameter_open_a_watch(twin, compute, changes):
    assert compute(twin(spo2=3)) == {"opened": 1, "raised": 0, "resolved": 0}
    assert changes() == ["news2_single opened watch"]


def test_each_cause_has_an_alert_of_its_own(twin, compute, alerts):
    compute(twin(spo2=3, respiratory_rate=3, heart_rate=1), risk("urgent"))
    found = alerts()
    assert dict(zip(found["cause"], found["level"], strict=True)) == {
        "news2_single": "watch",
        "news2_total": "emergency",
        "risk": "urgent",
    }


def test_the_same_twins_again_change_nothing(twin, compute, alerts, changes):
    compute(twin(spo2=3))
    before = alerts(), changes()
    assert compute(twin(spo2=3)) == {"opened": 0, "raised": 0, "resolved": 0}
    pd.testing.assert_frame_equal(alerts(), before[0])
    assert changes() == before[1]


def test_a_resolved_alert_stays_resolved_when_run_again(twin, compute, changes):
    compute(twin(spo2=3))
    for _ in range(2):
        compute(twin(at="11:00"))
    assert changes() == ["news2_single opened watch", "news2_single resolved routine"]


@pytest.mark.parametrize("late", [{"spo2": 3, "respiratory_rate": 3, "temperature": 2}, {}])
def test_a_computation_older_than_the_last_change_changes_nothing(late, twin, compute, changes):
    compute(twin(at="11:00", spo2=2, respiratory_rate=2, temperature=1))
    compute(twin(at="10:00", **late))
    assert changes("news2_total") == ["news2_total opened urgent"]


def test_nothing_opens_in_the_time_before_an_alert_was_resolved(twin, compute, changes):
    compute(twin(at="10:00", spo2=3))
    compute(twin(at="12:00"))
    compute(twin(at="11:00", spo2=3))
    assert changes() == ["news2_single opened watch", "news2_single resolved routine"]


def test_a_parameter_that_is_now_unknown_has_not_recovered(twin, compute, changes):
    compute(twin(at="10:00", spo2=3))
    compute(twin(at="11:00", unknown=["spo2"]))
    assert changes() == ["news2_single opened watch"]
    compute(twin(at="12:00"))
    assert changes() == ["news2_single opened watch", "news2_single resolved routine"]


def test_a_parameter_that_did_not_make_the_alert_may_be_unknown(twin, compute, changes):
    compute(twin(at="10:00", spo2=3))
    compute(twin(at="11:00", unknown=["temperature"]))
    assert changes() == ["news2_single opened watch", "news2_single resolved routine"]


def test_an_incomplete_total_may_alert(twin, compute, changes):
    compute(twin(unknown=["temperature", "consciousness"], **points(5)))
    assert changes() == ["news2_total opened urgent"]


def test_a_twin_of_which_nothing_is_known_opens_nothing(twin, compute, changes):
    names = ["respiratory_rate", "spo2", "oxygen", "systolic_bp", "heart_rate", "consciousness"]
    compute(twin(unknown=[*names, "temperature"]))
    assert changes() == []


def test_no_twins_change_nothing(con, twin):
    found = lifecycle.update(con, twin().iloc[:0], NO_PREDICTIONS, 1)
    assert found == {"opened": 0, "raised": 0, "resolved": 0}


def test_an_alert_opened_again_at_the_very_same_instant_is_the_same_alert(twin, compute, alerts):
    for batch_no, spo2 in enumerate([3, 0, 3], start=1):
        compute(twin(spo2=spo2), batch_no=batch_no)
    found = alerts()
    assert list(found["state"]) == ["open"]
    assert found["resolved"].isna().all()


def test_an_alert_carries_its_stay_its_time_and_its_resolution(twin, compute, alerts):
    compute(twin(at="10:00", spo2=3))
    compute(twin(at="11:00"))
    alert = alerts().iloc[0]
    assert alert["encounter_id"] == 8 * 10**18
    assert (alert["state"], alert["level"]) == ("resolved", "watch")
    assert (alert["opened"].hour, alert["resolved"].hour) == (10, 11)


def test_alert_ids_are_the_same_on_every_machine():
    opened = pd.Timestamp("2026-03-01 10:00", tz="UTC")
    assert lifecycle.alert_id(4711, "risk", opened) == lifecycle.alert_id(4711, "risk", opened)
    assert lifecycle.alert_id(4711, "risk", opened) != lifecycle.alert_id(
        4711, "news2_total", opened
    )
    assert 0 <= lifecycle.alert_id(4711, "risk", opened) < 2**63


def test_the_reasons_are_those_of_the_last_rise(twin, compute, alerts):
    compute(twin(at="10:00"), risk("watch", reasons='["first"]'))
    compute(twin(at="11:00"), risk("urgent", reasons='["second"]'))
    compute(twin(at="12:00"), risk("watch", reasons='["third"]'))
    assert json.loads(alerts()["reasons"][0]) == ["second"]


def test_a_risk_that_nobody_explained_has_no_reasons(twin, compute, alerts):
    compute(twin(), risk("watch"))
    assert alerts()["reasons"][0] == "[]"


def test_discharge_resolves_what_is_open(twin, compute, changes, stay):
    stay()
    compute(twin(at="10:00", spo2=3), risk("watch"))
    stay(end="11:00", arrived="11:00")
    compute(twin(at="11:30", spo2=3, measured=False))
    assert changes() == [
        "news2_single opened watch",
        "risk opened watch",
        "news2_single resolved routine",
        "risk resolved routine",
    ]


@pytest.mark.parametrize("end", ["09:00", "09:30", "11:00"])
def test_nothing_opens_for_who_has_left(end, twin, compute, changes, stay):
    """Measured until 10:00; a live source tells of a discharge when it has happened."""
    stay(end=end)
    compute(twin(at="10:00", spo2=3), risk("emergency"))
    assert changes() == []


def test_a_patient_of_a_historical_source_stands_at_the_own_last_hour(twin, compute, changes, stay):
    stay(end="11:00", is_live=False)
    compute(twin(at="10:00", spo2=3))
    assert changes() == ["news2_single opened watch"]
    compute(twin(at="11:00", spo2=3))
    assert changes() == ["news2_single opened watch", "news2_single resolved routine"]


def test_intensive_care_settles_the_alert_of_risk(twin, compute, changes, intensive_care):
    compute(twin(at="10:00"), risk("urgent"))
    intensive_care(start="10:30")
    compute(twin(at="11:00"))
    assert changes() == ["risk opened urgent", "risk resolved routine"]


def test_intensive_care_leaves_the_alerts_of_news2_as_they_are(
    twin, compute, changes, intensive_care
):
    intensive_care(start="09:00")
    compute(twin(at="10:00", spo2=3), risk("emergency"))
    assert changes() == ["news2_single opened watch"]


def test_after_intensive_care_a_risk_alerts_again(twin, compute, changes, intensive_care):
    intensive_care(start="09:00", end="09:30")
    compute(twin(at="10:00"), risk("watch"))
    assert changes() == ["risk opened watch"]


@pytest.mark.parametrize("at, told", [("11:00", "discharge"), ("12:00", None)])
def test_a_resolution_says_when_it_was_by_discharge(at, told, twin, compute, con, stay):
    stay()
    compute(twin(at="10:00", spo2=3))
    stay(end="11:00" if told else None, arrived="11:00")
    compute(twin(at=at, measured=False))
    rows = con.execute("SELECT reasons FROM alert.transition WHERE change = 'resolved'").fetchall()
    assert [reason["concept"] for reason in json.loads(rows[0][0])] == ([told] if told else [])


def test_who_is_measured_an_hour_after_discharge_is_back_and_alerts(twin, compute, changes, stay):
    stay(end="08:59")
    compute(twin(at="10:00", spo2=3))
    assert changes() == ["news2_single opened watch"]


def test_who_was_readmitted_has_not_left(twin, compute, changes, stay):
    stay(end="05:00", encounter=1)
    stay(start="09:00", encounter=2)
    compute(twin(at="10:00", spo2=3, measured=False))
    assert changes() == ["news2_single opened watch"]


def test_the_alerts_of_other_patients_are_left_alone(twin, compute, alerts):
    compute(twin(patient=1, spo2=3))
    compute(twin(patient=2, at="11:00"))
    assert list(alerts()["state"]) == ["open"]


def test_a_thousand_calm_patients_open_nothing(twin, compute):
    calm = pd.concat([twin()] * 1000, ignore_index=True).assign(patient_id=range(1000))
    assert compute(calm)["opened"] == 0
    assert compute(calm.assign(time=calm["time"] + pd.Timedelta("1min")))["opened"] == 0
