"""What each device last told."""

import pytest

from jobs.twins import device_now
from tests.twins.conftest import PATIENT, at, is_missing
from warehouse.lake import frame

DEVICE = 31


@pytest.fixture
def device(con):
    """The row of the device, after an update."""

    def find():
        device_now.update(con, [DEVICE])
        return frame(con, "SELECT * FROM twin.device_now WHERE device_id = 31").iloc[0]

    return find


def test_a_device_tells_its_last_reading_and_whom_it_measured(observe, device):
    observe("spo2", 97, "11:00", device_id=DEVICE, patient_id=PATIENT + 1)
    observe("spo2", 96, "10:00", device_id=DEVICE)
    found = device()
    assert found["time"] == at("11:00")
    assert found["patient_id"] == PATIENT + 1


def test_readings_and_signs_are_those_of_its_last_day(observe, device):
    observe("spo2", 97, "2026-02-28 10:00", device_id=DEVICE)
    observe("spo2", 97, "2026-02-28 10:01", device_id=DEVICE)
    observe("heart_rate", 80, "10:00", device_id=DEVICE)
    found = device()
    assert (found["readings"], found["concepts"]) == (2, 2)


def test_versions_of_one_reading_count_once(observe, device):
    first = observe("spo2", 97, "10:00", device_id=DEVICE)
    again = {"observation_id": first, "is_revised": True}
    observe("spo2", 96, "10:00", "10:05", device_id=DEVICE, **again)
    assert device()["readings"] == 1


def test_a_device_is_followed_from_reading_to_reading(observe, device):
    observe("spo2", 97, "2026-02-28 11:30", device_id=DEVICE)
    observe("spo2", 97, "10:00", device_id=DEVICE)
    assert device()["readings"] == 2
    observe("spo2", 97, "12:00", device_id=DEVICE, batch_no=2)
    found = device()
    assert found["time"] == at("12:00")
    assert found["readings"] == 2


def test_an_update_counts_the_devices_that_have_told_anything(con, observe):
    observe("spo2", 97, "10:00", device_id=DEVICE)
    assert device_now.update(con, [DEVICE, DEVICE, 77]) == 1
    assert device_now.update(con, []) == 0


def test_other_devices_are_left_alone(con, observe, device):
    observe("spo2", 97, "10:00", device_id=DEVICE)
    observe("spo2", 97, "10:00", device_id=77)
    device_now.update(con, [77])
    device()
    assert con.execute("SELECT count(*) FROM twin.device_now").fetchone() == (2,)


def test_a_device_tells_its_battery_and_when_it_was_calibrated(observe, device):
    observe("device_battery", 80, "09:00", device_id=DEVICE)
    observe("device_battery", 71, "10:00", device_id=DEVICE)
    observe("device_calibrated", 2, "10:00", device_id=DEVICE)
    found = device()
    assert found["battery"] == 71
    assert found["calibrated"] == at("2026-02-27 10:00")


def test_a_battery_told_more_than_a_day_ago_is_unknown(observe, device):
    observe("device_battery", 80, "2026-02-27 10:00", device_id=DEVICE)
    observe("spo2", 97, "10:00", device_id=DEVICE)
    assert is_missing(device()["battery"])


def test_a_device_is_what_the_inventory_tells(con, observe, device):
    observe("spo2", 97, "10:00", "10:05", device_id=DEVICE)
    con.execute(
        "INSERT INTO clinical.device VALUES (31, 's', 'monitor', 'Vista', '1.4', ?, 1)",
        [at("09:00").to_pydatetime()],
    )
    found = device()
    assert (found["kind"], found["model"], found["firmware"]) == ("monitor", "Vista", "1.4")
    assert found["seen"] == at("10:05")
    assert list(found["open_faults"]) == []
