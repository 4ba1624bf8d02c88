"""The Devices page, and the card of doubt on the page of the patient whom a device measures."""

import pytest

from tests.dash_app.asking import ask, client_of, text
from tests.dash_app.records import ago
from warehouse import vocabulary

DOUBT = "Readings in doubt"


@pytest.fixture
def client(records):
    return client_of(records.lake.settings)


def devices_page(client) -> str:
    return text(ask(client, "devices-faults.children"))


def patient_page(client, patient_id: int) -> str:
    return text(ask(client, "patient-unusual.children", **{"patient-id": str(patient_id)}))


def test_without_devices_the_page_says_so(client):
    assert "No device has told anything yet." in devices_page(client)


def test_a_fault_says_which_device_where_what_since_when_and_what_to_do(records, client):
    device = records.device(patient_id=records.admit("12"))
    records.device_fault(device)
    said = devices_page(client)
    assert "1 fault now" in said
    for told in ("mon-7", "Ward 4B Bed 12", "11:20", "lasts", "put the oximeter probe back on"):
        assert told in said
    assert "Probe off · oxygen saturation: it vanishes or falls at once to this or below" in said
    assert "· limit 80" in said


@pytest.mark.parametrize(
    "rule", vocabulary.table("device_faults").itertuples(index=False), ids=lambda r: "-".join(r[:2])
)
def test_every_failure_has_words(records, client, rule):
    records.device_fault(records.device(), rule[0], rule.signal)
    said = devices_page(client)
    assert rule.meaning in said and rule.action in said


def test_what_has_ended_is_told_for_a_week_of_the_devices_own_time(records, client):
    device = records.device()
    records.device_fault(device, "noise", start_time=ago(days=9), end_time=ago(days=8))
    records.device_fault(device, "cuff_leak", "systolic_bp", end_time=ago(days=6))
    said = devices_page(client)
    assert "0 faults now" in said
    assert "Cuff leak" in said and "Noise" not in said


def test_every_device_is_listed_with_what_it_told_of_itself(records, client):
    records.device("mon-8", open_faults=["probe_off"])
    (row,) = ask(client, "devices-all.rowData")["response"]["devices-all"]["rowData"]
    assert (row["number"], row["kind"], row["battery"]) == ("mon-8", "monitor M3", "81 %")
    assert (row["time"], row["faults"]) == ("11:58", "Probe off")


def test_the_patients_page_says_that_readings_are_in_doubt(records, client):
    patient = records.admit()
    records.device_fault(records.device(patient_id=patient))
    said = patient_page(client, patient)
    assert DOUBT in said and "since 11:20 · put the oximeter probe back on" in said
    assert "still count these readings" in said


@pytest.mark.parametrize("about", [{"verdict": "clinical"}, {"end_time": ago(minutes=10)}])
def test_no_doubt_where_it_may_be_the_patient_or_is_over(records, client, about):
    patient = records.admit()
    records.device_fault(records.device(patient_id=patient), **about)
    assert DOUBT not in patient_page(client, patient)


def test_no_doubt_about_another_patients_readings(records, client):
    patient = records.admit("1")
    records.device_fault(records.device(patient_id=records.admit("2")))
    assert DOUBT not in patient_page(client, patient)
