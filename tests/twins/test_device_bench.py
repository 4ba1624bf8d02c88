"""The fleet's benchmark tells what was found of what was planted."""

import pandas as pd
import pytest

from jobs.simulate.device_faults import LONG, SHORT
from jobs.twins import device_bench

START = pd.Timestamp("2026-01-01", tz="UTC")


def spell(kind, device=1, hours=(10, 12), **rest) -> dict:
    start, end = (START + pd.Timedelta(hours=hour) for hour in hours)
    return {"device_id": device, "class": kind, "signal": "x", "start": start, "end": end} | rest


def fault(kind, hours=(10, 12), verdict="technical", device=1) -> dict:
    told = spell(kind, device, hours)
    told |= {"start_time": told.pop("start"), "end_time": told.pop("end"), "verdict": verdict}
    return told | {"detected": told["start_time"] + pd.Timedelta(minutes=20)}


def scored(planted=(), faults=(), turns=()) -> dict[str, dict]:
    planted = pd.DataFrame(planted, columns=list(spell("x")))
    faults = pd.DataFrame(faults, columns=list(fault("x")))
    turns = pd.DataFrame(turns, columns=["device_id", "start", "end"])
    return {line["class"]: line for line in device_bench.score(planted, faults, turns, 10)}


def test_what_is_found_counts_for_its_class():
    found = scored([spell("noise"), spell("noise", device=2)], [fault("noise")])
    assert found["noise"]["recall"] == 0.5
    assert found["noise"]["median_minutes"] == 20
    assert found["all"]["false_alarms_per_device_day"] == 0


def test_a_fault_without_a_cause_is_a_false_alarm():
    found = scored([spell("noise", device=2)], [fault("noise")])
    assert found["noise"]["false_alarms"] == 1
    assert found["all"]["false_alarms_per_device_day"] == 0.1


def test_a_failure_that_is_called_clinical_is_routed_wrongly():
    found = scored([spell("noise")], [fault("noise", verdict="clinical")])
    assert found["noise"]["routed_rightly"] == 0
    assert found["all"]["routed_rightly"] == 0


@pytest.mark.parametrize("verdict, wrong", [("technical", 1), ("clinical", 0)])
def test_a_deterioration_that_is_called_technical_is_counted(verdict, wrong):
    turn = {name: spell("x")[name] for name in ("device_id", "start", "end")}
    elsewhere = spell("noise", device=2)
    found = scored([elsewhere], [fault("probe_off", verdict=verdict)], [turn])
    assert found["deterioration"]["called_technical"] == wrong
    assert found["all"]["routed_rightly"] == 1 - wrong


def test_three_days_of_a_small_fleet():
    *lines, size = device_bench.run(24, 3, 1, report=lambda done, total: None)
    found = {line["class"]: line for line in lines}
    assert set(found) == {*SHORT, *LONG, "deterioration", "all"}
    assert found["all"]["planted"] > 40
    assert found["all"]["recall"] > 0.9
    assert found["all"]["routed_rightly"] > 0.9
    assert size["readings"] > 24 * 3 * 5000
