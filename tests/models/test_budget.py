import math

import numpy as np
import pandas as pd
import pytest

from jobs.models import alert_kernel, budget, figures
from tests.models import judged_rows
from tests.models.judged_rows import one

ROWS = judged_rows.some(patients=80)


def alerts(rows: pd.DataFrame, threshold: float, snooze: float) -> list[int]:
    """The places of the rows in which an alert opens, by the rule as it is told to a nurse."""
    opened, patient = [], None
    columns = (rows[name].tolist() for name in ("patient_id", "time", "risk"))
    for place, (patient_id, time, risk) in enumerate(zip(*columns, strict=True)):
        if patient_id != patient:
            patient, last_opened, open_until = patient_id, -math.inf, -math.inf
        is_open = time - open_until <= 1.5
        if risk < threshold:
            open_until = -math.inf
        elif is_open:
            open_until = time
        elif time >= last_opened + snooze:
            last_opened = open_until = time
            opened.append(place)
    return opened


def brute_force(rows: pd.DataFrame, patients_per_alert: float, snooze: float) -> float | None:
    """Every risk tried as the threshold."""
    allowed = len(rows) / 24 / patients_per_alert
    within = [low for low in rows["risk"].unique() if len(alerts(rows, low, snooze)) <= allowed]
    return min(within, default=None)


def with_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Without an hour in six: for those the patient was somewhere else."""
    return rows[np.random.default_rng(5).random(len(rows)) > 1 / 6].reset_index(drop=True)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("snooze", [0, 6, 1000])
@pytest.mark.parametrize("patients_per_alert", [2, 35])
def test_the_threshold_is_that_of_trying_every_one(seed, snooze, patients_per_alert):
    rows = with_gaps(judged_rows.some(patients=25, seed=seed, hours=40))
    found = budget.solve(rows, patients_per_alert=patients_per_alert, snooze=snooze, resamples=2)
    assert found["threshold"] == brute_force(rows, patients_per_alert, snooze)
    if found["threshold"] is not None:
        expected = len(alerts(rows, found["threshold"], snooze))
        assert found["figures"]["alerts"] == expected <= found["allowed"]


@pytest.mark.parametrize(
    "risks, snooze, opened, is_open",
    [
        ("0990", 0, "0100", "0110"),
        ("9099", 0, "1010", "1011"),
        ("9099", 2, "1010", "1011"),
        ("9099", 3, "1001", "1001"),
        ("9999", 2, "1000", "1111"),
        ("990990", 4, "100010", "110010"),
        ("90909", 9, "10000", "10000"),
    ],
)
def test_no_new_alert_while_one_is_open_or_snoozed(risks, snooze, opened, is_open):
    rows = one(risks, "0" * len(risks))
    asked = rows["patient_id"].to_numpy(), rows["time"].to_numpy(), rows["risk"].to_numpy() >= 0.9
    found = alert_kernel.alerts(*asked, float(snooze))
    assert ["".join(str(int(bit)) for bit in bits) for bits in found] == [opened, is_open]


def test_each_patient_has_a_snooze_of_their_own():
    rows = pd.concat([one("9", "0", patient_id=1), one("9", "0", patient_id=2)])
    assert len(alerts(rows, 0.9, 100)) == 2
    found = alert_kernel.alerts(np.array([1, 2]), np.zeros(2), np.ones(2, bool), 100.0)
    assert found[0].all()


def test_equal_risks_are_in_or_out_together():
    """Four patients with the same risk, budget for three alerts: none of them."""
    rows = pd.concat([one("1" * 23 + "5", "0" * 24, patient_id=number) for number in range(4)])
    rows.loc[(rows["patient_id"] == 0) & (rows["time"] == 3), "risk"] = 0.9
    found = budget.solve(rows, patients_per_alert=4 / 3, snooze=0, resamples=2)
    assert found["allowed"] == pytest.approx(3)
    assert found["threshold"] == 0.9


def test_a_lower_threshold_with_fewer_alerts_is_found():
    """At 0.5 the patient's three alerts are one."""
    rows = one("8585811111111111" * 3, "0" * 48)
    rows.loc[rows["time"] >= 5, "risk"] = 0.1
    assert [len(alerts(rows, low, 0)) for low in (0.8, 0.5)] == [3, 1]
    assert budget.solve(rows, patients_per_alert=2, snooze=0)["threshold"] == 0.1
    apart = rows.assign(time=rows["time"] + 4 * np.maximum(rows["time"] - 5, 0))
    assert budget.solve(apart, patients_per_alert=2, snooze=0)["threshold"] == 0.5


def test_where_any_alert_is_too_many_there_is_no_threshold():
    found = budget.solve(ROWS, patients_per_alert=1e6, snooze=0, resamples=20)
    assert found["threshold"] is None
    assert (found["figures"]["alerts"], found["figures"]["alert_ppv"]) == (0, None)
    assert found["figures"]["patient_sensitivity"] == 0
    assert found["intervals"]["alert_ppv"] is None


def test_without_rows_there_is_no_threshold():
    found = budget.solve(ROWS.head(0), patients_per_alert=35, snooze=6)
    assert (found["threshold"], found["allowed"], found["patients"]) == (None, 0, "<10")
    assert budget.by_ward(ROWS.head(0), patients_per_alert=35, snooze=6) == []


def test_what_the_threshold_brings():
    found = budget.solve(ROWS, patients_per_alert=3, snooze=6)
    opened = alerts(ROWS, found["threshold"], 6)
    ppv = ROWS["label"].iloc[opened].mean()
    assert found["figures"]["alert_ppv"] == pytest.approx(ppv)
    assert found["figures"]["alert_nne"] == pytest.approx(1 / ppv)
    for name in ("alert_ppv", "alert_nne", "patient_sensitivity", "lead_hours"):
        low, high = found["intervals"][name]
        assert low <= found["figures"][name] <= high
        assert low < high


def test_without_a_snooze_the_figures_are_those_of_the_evaluation():
    found = budget.at(ROWS, 0.4, snooze=0, resamples=30)
    expected = figures.of(ROWS, 0.4)["at_threshold"]
    assert {"threshold": 0.4, **found["figures"]} == expected
    limits = figures.intervals(ROWS, 0.4, resamples=30)
    assert found["intervals"] == {name: limits[name] for name in found["intervals"]}


def test_an_event_under_a_snoozed_alarm_is_missed():
    rows = one("90000099", "00000011")
    assert budget_counts(rows, snooze=4) == (1, 1)
    assert budget_counts(rows, snooze=12) == (0, 0)


def budget_counts(rows: pd.DataFrame, snooze: float) -> tuple:
    """Of ten such patients: the share foretold, and of the events' last hours those foretold."""
    many = pd.concat([rows.assign(patient_id=number) for number in range(10)])
    found = budget.at(many, 0.9, snooze=snooze, resamples=2)["figures"]
    return found["patient_sensitivity"], found["hour_sensitivity"]


def test_the_same_again_says_the_same():
    first, second = (budget.solve(ROWS, patients_per_alert=3, snooze=6) for _ in range(2))
    assert first == second


def test_each_ward_has_a_threshold_of_its_own():
    rows = ROWS.assign(risk=ROWS["risk"].where(ROWS["ward"] == "a", ROWS["risk"] / 2))
    found = budget.by_ward(rows, patients_per_alert=5, snooze=6, resamples=5)
    for told, ward in zip(found, "ab", strict=True):
        expected = brute_force(rows[rows["ward"] == ward], 5, 6)
        assert (told["ward"], told["threshold"]) == (ward, expected)
    assert found[1]["threshold"] < found[0]["threshold"]


def test_a_small_ward_has_a_threshold_and_no_figures():
    few = ROWS[ROWS["patient_id"].isin(ROWS["patient_id"].unique()[:9])]
    found = budget.solve(few, patients_per_alert=1, snooze=0)
    assert found["threshold"] == brute_force(few, 1, 0)
    assert (found["patients"], found["events"]) == ("<10", "<10")
    assert set(found["figures"].values()) == {None} == set(found["intervals"].values())
