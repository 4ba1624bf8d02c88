import base64
import hashlib
import logging
import re
import shutil
from datetime import timedelta

import pytest

from tests.dash_app.asking import ask, client_of, text
from tests.dash_app.records import NOW, Records
from warehouse import Lake


@pytest.fixture
def client(records):
    """A browser's requests, without a browser, to pages on the lake of `records`."""
    return client_of(records.lake.settings)


@pytest.fixture
def early_client(settings):
    """The same while there is no lake yet."""
    return client_of(settings)


def test_before_there_is_a_lake_the_process_lives_and_is_not_ready(early_client):
    assert early_client.get("/healthz").json == {"state": "alive"}
    ready = early_client.get("/readyz")
    assert ready.status_code == 503
    assert "wardtwin init" in ready.json["reason"]


def test_with_a_lake_it_is_ready_and_says_what_it_runs(client, records):
    records.predict(records.admit(), 0.2)
    snapshot = records.lake.snapshot()
    assert client.get("/readyz").json == {"state": "ready", "snapshot": snapshot}
    versions = client.get("/version").json
    assert (versions["snapshot"], versions["model"]) == (snapshot, "2026-02-20")


def test_a_lake_whose_key_others_can_read_is_not_opened(early_client, settings):
    Lake.create(settings)
    settings.keys.chmod(0o644)
    ready = early_client.get("/readyz")
    assert ready.status_code == 503
    assert "chmod 600" in ready.json["reason"]


@pytest.mark.parametrize("path", ["/", "/patient/5", "/_dash-layout", "/readyz", "/nowhere"])
def test_nothing_that_may_hold_patients_is_kept_by_a_browser(client, path):
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]


def test_the_title_and_the_page_itself_hold_no_patient(client):
    page = client.get("/patient/123456").text
    assert "<title>Wardtwin</title>" in page
    assert "123456" not in page


def test_everything_is_served_from_here(client):
    assert "//" not in client.get("/").text.replace("http://www.w3.org", "").split("<body>")[0]


def test_a_page_may_run_its_scripts_though_an_answer_came_before_all_were_written(client):
    """A probe that is answered while the first request is still being prepared."""
    server = client.application
    with server.test_request_context("/healthz"):
        server.process_response(server.response_class())
    page = client.get("/")
    read = re.sub(rb"<!--.*?-->", b"", page.data, flags=re.DOTALL)
    scripts = re.findall(rb"<script>(.*?)</script>", read, re.DOTALL)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        assert f"'sha256-{digest}'" in page.headers["Content-Security-Policy"]


def test_without_a_lake_the_ward_says_so_in_words(early_client):
    answer = ask(early_client, "ward-rows.data")
    assert "No patients yet." in text(answer)
    assert answer["response"]["ward-rows"]["data"]["rows"] == []


def test_an_empty_lake_is_an_empty_ward(client):
    answer = text(ask(client, "ward-rows.data"))
    assert "No patients on this ward yet." in answer
    assert "No export has arrived." in answer


def test_a_patient_is_on_the_ward_with_a_reason(client, records):
    patient_id = records.admit(twin={"spo2": 84.0})
    (row,) = ask(client, "ward-rows.data")["response"]["ward-rows"]["data"]["rows"]
    assert (row["id"], row["level"]) == (str(patient_id), "watch")
    assert row["reasons"] == [["SpO2 84 % on air", "2 min"]]


def test_rows_are_sent_again_only_when_something_has_changed(records):
    now = [NOW]
    client = client_of(records.lake.settings, clock=lambda: now[0])
    patient_id = records.admit()
    first = ask(client, "ward-rows.data")["response"]
    known = {"ward-shown": first["ward-shown"]["data"]}
    assert "ward-rows" not in ask(client, "ward-rows.data", **known)["response"]
    now[0] += timedelta(minutes=1)
    assert "ward-rows" in ask(client, "ward-rows.data", **known)["response"]
    now[0] = NOW
    records.measure(patient_id, spo2=84.0)
    assert "ward-rows" in ask(client, "ward-rows.data", **known)["response"]


def test_the_ages_follow_the_clock_of_the_server_between_snapshots(records):
    records.admit()
    later = client_of(records.lake.settings, clock=lambda: NOW + timedelta(minutes=9))
    answer = text(ask(later, "ward-rows.data"))
    assert "11 min ago" in answer
    assert "Data are 11 min old (limit 5 min)" in answer
    assert "ward-list greyed" in answer


def test_a_patient_page_shows_the_score_with_its_parts_and_the_alerts(client, records):
    patient_id = records.admit(twin={"spo2": 84.0, "temperature": None})
    records.alert(patient_id, "news2_single", ("opened", "watch", NOW))
    answer = text(ask(client, "patient-chart.figure", **{"patient-id": str(patient_id)}))
    for said in ["≥ 3", "6 of 7 signs", "84 %", "not measured in the last 72 h", "SpO2 scale 1"]:
        assert said in answer
    assert "3 in one sign" in answer and "Brown" not in answer


def test_a_patient_page_tells_the_other_scores_and_how_much_of_each_is_known(client, records):
    patient_id = records.admit(twin={"respiratory_rate": 24.0, "heart_rate": 112.0})
    answer = text(ask(client, "patient-chart.figure", **{"patient-id": str(patient_id)}))
    for said in ["MEWS 4", "qSOFA 1", "SIRS ≥ 2 (3 of 4 parts known)", "SOFA unknown"]:
        assert said in answer


def test_a_patient_page_says_what_is_set_for_the_patient_alone(client, records):
    patient_id = records.admit()
    records.limit(patient_id)
    records.limit(patient_id, "spo2_scale", low=None)
    records.limit(patient_id, "heart_rate", high=120.0, low=None, until=NOW)
    answer = text(ask(client, "patient-chart.figure", **{"patient-id": str(patient_id)}))
    until = "until 8 Mar 2026 12:00 +00:00 (N. Quartermain: hypercapnic)"
    assert f"alert for SpO2 below 88 % {until}. SpO2 scale 2 {until}." in answer
    assert "Heart rate above" not in answer


def test_a_patient_for_whom_nothing_is_set_has_no_such_line(client, records):
    patient_id = str(records.admit())
    answer = text(ask(client, "patient-chart.figure", **{"patient-id": patient_id}))
    assert "Set for this patient" not in answer


def test_a_patient_charted_hours_ago_is_no_reason_to_call_the_ward_stale(client, records):
    charted = records.admit(twin={"time": NOW - timedelta(hours=3)})
    records.admit("2")
    answer = text(ask(client, "patient-chart.figure", **{"patient-id": str(charted)}))
    assert "Newest data 1 Mar 2026 09:00 +00:00." in answer
    assert "Data are" not in answer


def test_a_patient_is_compared_with_the_others_on_the_ward(client, records):
    for native, ward, risk in [("1", "Ward 4B", 0.3), ("2", "Ward 4B", 0.1), ("3", "5A", 0.2)]:
        records.predict(records.admit(native, place={"ward": ward}), risk)
    first = records.lake.keys.identifier("patient", "demo", "1")
    answer = text(ask(client, "patient-chart.figure", **{"patient-id": str(first)}))
    assert "higher than 1 of the 1 others on Ward 4B" in answer


@pytest.mark.parametrize("address", ["5", "Brown", "-1", str(2**64), "", None, "٣"])
def test_a_patient_nobody_knows_is_told_in_words(client, address):
    answer = text(ask(client, "patient-chart.figure", **{"patient-id": address}))
    assert "This patient is not known here." in answer


def test_the_band_is_on_every_page(client, records):
    patient_id = str(records.admit())
    for output in ("ward-rows.data", "patient-chart.figure", "not-found-synthetic.children"):
        assert "Synthetic patients" in text(ask(client, output, **{"patient-id": patient_id}))


def test_real_patients_have_no_band(client, records):
    records.admit(source="real-ehr")
    assert "Synthetic patients" not in text(ask(client, "ward-rows.data"))


def test_a_failure_is_told_in_words_with_a_reference_and_logged_without_values(
    early_client, lake, settings, caplog
):
    Records(lake).admit()
    shutil.rmtree(settings.data_path)
    with caplog.at_level(logging.ERROR, "wardtwin.dash"):
        answer = text(ask(early_client, "ward-rows.data"))
    (record,) = caplog.records
    reference = record.args[0]
    assert f"give data operations the reference {reference}" in answer
    assert "Traceback" not in answer and "parquet" not in answer
    assert "parquet" not in record.getMessage() and str(settings.var) not in record.getMessage()
