"""What is wrong with a device, and whether it is the device."""

import numpy as np
import pandas as pd
import pytest

from jobs.twins import device_faults, device_now
from tests.twins.conftest import PATIENT, at
from warehouse import vocabulary
from warehouse.lake import frame, insert

DEVICE = 31
HOURS = 5
USUAL = {"heart_rate": 75, "pulse": 75, "respiratory_rate": 16, "spo2": 96}
USUAL |= {"systolic_bp": 125, "diastolic_bp": 75}
SPREAD = {"heart_rate": 2.5, "pulse": 2.5, "respiratory_rate": 1.2, "spo2": 0.7}
SPREAD |= {"systolic_bp": 4, "diastolic_bp": 3}
PULSE_CODE = "MDC_PULS_OXIM_PULS_RATE"


def minutes(**changed) -> pd.DataFrame:
    """Five hours of one device, minute by minute; `changed` is what happens to a signal."""
    minute = np.arange(HOURS * 60)
    parts = []
    for number, (signal, usual) in enumerate(USUAL.items()):
        rng = np.random.default_rng(number)
        values = np.rint(usual + SPREAD[signal] * rng.standard_normal(len(minute)))
        if signal.endswith("_bp"):
            values[minute % 30 != 0] = np.nan
        values = changed.get(signal, lambda minute, values: values)(minute, values)
        parts.append(readings(signal, minute, np.broadcast_to(values, len(minute))))
    rows = pd.concat(parts, ignore_index=True)
    lag = pd.to_timedelta(2 + rows.index % 5, unit="s")
    return rows.assign(arrived=rows["time"] + lag).dropna(subset="value")


def readings(signal, minute, values, device=DEVICE) -> pd.DataFrame:
    concept = "heart_rate" if signal == "pulse" else signal
    time = at("06:00") + pd.to_timedelta(minute, unit="min")
    rows = pd.DataFrame({"time": time, "arrived": time, "value": np.asarray(values, float)})
    rows["device_id"] = pd.array([device] * len(rows), "Int64")
    return rows.assign(concept=concept, source_code=PULSE_CODE if signal == "pulse" else signal)


def days(device_values, chart_values=None, signal="spo2", count=16) -> pd.DataFrame:
    """Readings of a device every half an hour, and charts of the same sign every four hours.

    Values are functions of days since the beginning.
    """
    half_hours = np.arange(count * 48) * 30
    parts = [readings(signal, half_hours, device_values(half_hours / 1440))]
    if chart_values:
        rounds = half_hours[::8]
        parts.append(readings(signal, rounds, chart_values(rounds / 1440), device=None))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture
def tell(con):
    """Put readings into the lake as one batch, and judge what it touches."""

    def put(rows: pd.DataFrame, batch_no=1) -> None:
        ids = pd.util.hash_pandas_object(rows.drop(columns="arrived"), index=False)
        rows = rows.assign(observation_id=ids, patient_id=PATIENT, is_revised=False)
        insert(con, "clinical.observation", rows.assign(batch_no=batch_no))
        device_now.update(con, device_faults.update(con, batch_no))

    return put


@pytest.fixture
def faults(con, tell):
    """The faults that are found in readings: class, signal, verdict and so on."""

    def find(rows: pd.DataFrame) -> pd.DataFrame:
        tell(rows)
        return frame(con, "SELECT * FROM twin.device_fault ORDER BY class, signal, start_time")

    return find


@pytest.fixture
def firmware(con):
    """Tell of firmware that is new on the ninth day."""

    def add():
        times = [at("06:00"), at("2026-03-09")]
        rows = pd.DataFrame({"firmware": ["1.4", "2.0"], "arrived": times})
        rows = rows.assign(device_id=DEVICE, source="s", kind="monitor", model="Vista", batch_no=1)
        insert(con, "clinical.device", rows)

    return add


def since(start, change):
    """From this minute on, as `change` says; before it, as it was."""
    return lambda minute, values: np.where(minute >= start, change(minute, values), values)


def silent(start, end):
    return lambda minute, values: np.where((minute >= start) & (minute < end), np.nan, values)


def wild(size):
    rng = np.random.default_rng(9)
    return since(150, lambda minute, values: values + np.rint(rng.normal(0, size, len(values))))


def twice(minute, values):
    """Every second minute repeats the first."""
    return np.where((minute >= 150) & (minute % 2 == 1), np.roll(values, 1), values)


def loose(minute, values):
    return 60 + minute // 2 % 2


def ever_emptier(growth):
    """A battery on which the device runs for two hours a day."""

    def charge(day):
        rate = 10 * growth ** np.floor(day)
        since_noon = np.clip(day % 1 * 24 - 6, 0, 2)
        return np.where(day % 1 * 24 < 8.5, np.rint(100 - rate * since_noon), 100.0)

    return charge


def late(seconds, jitter):
    rows = minutes()
    lag = seconds + jitter * (rows.index.to_numpy() % 60)
    return rows.assign(arrived=rows["time"] + pd.to_timedelta(lag, unit="s"))


def steady(day):
    return np.full(len(day), 96.0)


SLOWLY_LOWER = 0.5
PLANTED = {
    "flatline": lambda: minutes(heart_rate=since(150, lambda minute, values: 75)),
    "stuck": lambda: minutes(heart_rate=since(150, lambda minute, values: values // 6 * 6)),
    "noise": lambda: minutes(heart_rate=wild(12)),
    "dropout": lambda: minutes(respiratory_rate=silent(200, 240)),
    "probe_off": lambda: minutes(spo2=since(200, loose)),
    "cuff_leak": lambda: minutes(systolic_bp=since(150, lambda minute, values: values * 0 + 80)),
    "clock_skew": lambda: late(600, 0.1),
    "duplicated": lambda: minutes(**dict.fromkeys(SPREAD, twice)),
    "drift": lambda: days(lambda day: 96 - SLOWLY_LOWER * np.maximum(day - 5, 0), steady),
    "calibration": lambda: days(lambda day: 96 - 3 * (day >= 6), steady),
    "firmware_bias": lambda: days(lambda day: 96 - 3 * (day >= 8), steady),
    "battery_decay": lambda: days(ever_emptier(1.1), signal="device_battery"),
}
INNOCENT = {
    "flatline: a saturation rests at its ceiling": lambda: minutes(spo2=lambda minute, values: 100),
    "stuck: a heart rate rises": lambda: minutes(
        heart_rate=lambda minute, values: values + minute // 10,
        pulse=lambda minute, values: values + minute // 10,
    ),
    "noise: the pulse is as irregular": lambda: minutes(heart_rate=wild(12), pulse=wild(12)),
    "dropout: a sign is missing for ten minutes": lambda: minutes(
        respiratory_rate=silent(200, 210)
    ),
    "probe_off: a saturation falls slowly": lambda: minutes(
        spo2=lambda minute, values: values - minute // 25
    ),
    "cuff_leak: one measurement fails": lambda: minutes(
        systolic_bp=lambda minute, values: np.where(minute == 150, 80, values)
    ),
    "clock_skew: the network is slow, now more, now less": lambda: late(300, 10),
    "duplicated: a screen is frozen": lambda: minutes(
        **{signal: since(150, lambda minute, values: 70) for signal in SPREAD}
    ),
    "drift: it is the patient who gets worse": lambda: days(
        *[lambda day: 96 - SLOWLY_LOWER * np.maximum(day - 5, 0)] * 2
    ),
    "calibration: nobody else has measured": lambda: days(lambda day: 96 - 3 * (day >= 6)),
    "firmware_bias: the new firmware is as good": lambda: days(steady, steady),
    "battery_decay: a battery is as good as ever": lambda: days(
        ever_emptier(1.0), signal="device_battery"
    ),
}


def test_every_class_of_the_reference_is_tested():
    classes = set(vocabulary.table("device_faults")["class"])
    assert classes == set(PLANTED) == {words.split(":")[0] for words in INNOCENT}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_failure_is_found_and_is_technical(faults, firmware, kind):
    if kind == "firmware_bias":
        firmware()
    found = faults(PLANTED[kind]())
    assert set(found["class"]) == {kind}
    assert set(found["verdict"]) == {"technical"}


@pytest.mark.parametrize("words", INNOCENT)
def test_what_only_looks_like_a_failure_is_none(faults, firmware, words):
    kind = words.split(":")[0]
    if kind == "firmware_bias":
        firmware()
    assert kind not in set(faults(INNOCENT[words]())["class"])


def test_a_healthy_device_has_no_faults(faults):
    assert faults(minutes()).empty


def test_no_rows_are_no_faults(con):
    assert device_faults.update(con, 1) == []
    assert frame(con, "SELECT * FROM twin.device_fault").empty


def test_a_loose_probe_goes_to_engineering(faults):
    (found,) = faults(PLANTED["probe_off"]()).to_dict("records")
    assert (found["signal"], found["verdict"]) == ("spo2", "technical")
    assert found["start_time"] == at("09:20")
    assert found["detected"] == at("09:29")


def test_a_saturation_that_falls_with_a_racing_heart_goes_to_the_ward(faults):
    racing = since(195, lambda minute, values: values + 45)
    found = faults(minutes(spo2=since(200, loose), heart_rate=racing, pulse=racing))
    assert set(found["verdict"]) == {"clinical"}


def without_pulse_pressure(diastolic, faster):
    """The cuff finds none from 08:30 on; the heart beats so much faster by then."""
    return minutes(
        systolic_bp=since(150, lambda minute, values: values * 0 + diastolic + 8),
        diastolic_bp=since(150, lambda minute, values: values * 0 + diastolic),
        heart_rate=since(120, lambda minute, values: values + faster),
        pulse=since(120, lambda minute, values: values + faster),
    )


def test_a_pulse_pressure_lost_with_a_racing_heart_is_clinical(faults):
    assert set(faults(without_pulse_pressure(60, faster=60))["verdict"]) == {"clinical"}


def test_a_pressure_lost_in_shock_is_no_leak(faults):
    assert faults(without_pulse_pressure(42, faster=0)).empty


def test_a_fault_lasts_until_the_readings_are_right_again(faults):
    found = faults(minutes(spo2=silent(100, 160)))
    (fault,) = found.to_dict("records")
    assert at("08:30") <= fault["end_time"] <= at("08:40")


def test_a_fault_that_lasts_has_no_end_and_stands_in_the_device(con, faults):
    assert faults(PLANTED["flatline"]())["end_time"].isna().all()
    found = frame(con, "SELECT open_faults FROM twin.device_now")
    assert list(found["open_faults"][0]) == ["flatline"]


def test_a_silent_device_is_found_when_it_speaks_again(faults):
    rows = minutes()
    quiet = rows["time"].between(at("09:00"), at("09:59"))
    (fault,) = faults(rows[~quiet]).to_dict("records")
    assert (fault["class"], fault["signal"], fault["detected"]) == ("dropout", "all", at("10:00"))


def test_a_calibration_long_ago_is_overdue(faults):
    found = faults(days(lambda day: 360 + np.floor(day), signal="device_calibrated"))
    (fault,) = found.to_dict("records")
    assert (fault["class"], fault["detected"]) == ("calibration", at("2026-03-07 00:00"))


def test_evidence_names_no_patient(faults):
    found = faults(PLANTED["probe_off"]())
    assert str(PATIENT) not in found.drop(columns="device_id").to_string()


@pytest.mark.parametrize("kind", ["probe_off", "clock_skew", "drift", "battery_decay"])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 2, 0)])
def test_parts_in_any_order_give_the_same_rows_as_the_whole(con, tell, kind, order):
    rows = PLANTED[kind]()
    part = pd.qcut(rows["time"].rank(), 4, labels=False)

    def tables():
        names = ("device_day", "device_flag", "device_fault", "device_now")
        return {name: _rows(con, f"twin.{name}") for name in names}

    for number, which in enumerate(order, start=1):
        tell(rows[part == which], batch_no=number)
    in_parts = tables()
    for name in ("clinical.observation", *(f"twin.{name}" for name in in_parts)):
        con.execute(f"DELETE FROM {name}")
    tell(rows)
    assert tables() == in_parts


def test_judging_a_batch_again_changes_nothing(con, faults):
    first = faults(PLANTED["noise"]())
    flags = _rows(con, "twin.device_flag")
    device_faults.update(con, 1)
    assert _rows(con, "twin.device_flag") == flags
    assert len(frame(con, "SELECT * FROM twin.device_fault")) == len(first)


def test_charts_that_come_later_show_the_drift(con, tell):
    rows = PLANTED["drift"]()
    tell(rows[rows["device_id"].notna()])
    assert not _rows(con, "twin.device_fault")
    tell(rows[rows["device_id"].isna()], batch_no=2)
    assert {row[1] for row in _rows(con, "twin.device_fault")} == {"drift"}


def test_new_firmware_that_is_told_later_explains_the_bias(con, tell, firmware):
    tell(PLANTED["firmware_bias"]())
    assert {row[1] for row in _rows(con, "twin.device_fault")} == {"calibration"}
    firmware()
    device_now.update(con, device_faults.update(con, 2, [DEVICE]))
    assert {row[1] for row in _rows(con, "twin.device_fault")} == {"firmware_bias"}


def _rows(con, table: str) -> list[tuple]:
    found = con.execute(f"SELECT * FROM {table} ORDER BY ALL").to_arrow_table()
    return [tuple(str(value) for value in row.values()) for row in found.to_pylist()]
