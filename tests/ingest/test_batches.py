"""The batch contract, on whole files: ledger, duplicates, versions, waiting rows, run twice."""

import pytest

from jobs import microbatch
from jobs.ingest import ledger
from jobs.ingest.landing import pending
from tests.conftest import NOW
from tests.ingest.conftest import lab, lab_file, ndjson, observation
from warehouse.archive import Archive
from warehouse.errors import ContractBroken, Defect, NotSetUp

READING = "m1,{patient},{bed},2026-03-01T{time}:00+00:00,MDC_PULS_OXIM_SAT_O2,{value},%"


def readings(*rows: dict) -> str:
    defaults = {"patient": "", "bed": "Ward 4B / Bed 12", "time": "10:00", "value": 97}
    lines = [READING.format(**(defaults | row)) for row in rows]
    return "\n".join(["device_id,patient,bed,time,code,value,unit", *lines]) + "\n"


def encounter(patient="p1", bed="Bed 12", start="2026-03-01T08:00:00Z", **given) -> dict:
    return {
        "resourceType": "Encounter",
        "id": f"e-{patient}",
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{patient}"},
        "period": {"start": start},
        "meta": {"lastUpdated": start},
        "location": [
            {"location": {"display": f"Ward 4B / {bed}"}, "period": {"start": start}},
        ],
    } | given


def counts(lake, batch: dict) -> tuple:
    with lake.read() as con:
        return con.execute(
            "SELECT read, accepted, quarantined, duplicate FROM ops.batch WHERE batch_id = ?",
            [batch["batch_id"]],
        ).fetchone()


def query(lake, text: str):
    with lake.read() as con:
        return con.execute(text).fetchall()


@pytest.fixture
def take_in(lake, land):
    """Land one file and process it; returns its counts."""

    def process(source, name, content):
        land(source, name, content)
        (landed,) = pending(lake.settings, [source])
        return microbatch.process(lake, landed, now=NOW)

    return process


def test_a_batch_reconciles(take_in, lake):
    batch = take_in(
        "demo-lab",
        "labs.csv",
        lab_file(lab(), lab(), lab(result_id="r2", result="900")),
    )
    assert counts(lake, batch) == (3, 1, 1, 1)
    with lake.read() as con:
        assert ledger.unreconciled(con) == 0


def test_what_a_source_promises_is_kept_beside_what_it_sent(take_in, lake):
    take_in("demo-monitor", "m.csv", readings({}))
    assert query(lake, "SELECT source, cadence_minutes, expected_rows FROM ops.source") == [
        ("demo-monitor", 1.0, None)
    ]


@pytest.mark.parametrize("wrong", [{"test": "K", "result": "4.1"}, {"patient_id": "p2"}])
def test_a_correction_of_what_or_whose_a_value_is_leaves_nothing_of_it(take_in, lake, wrong):
    take_in("demo-lab", "labs.csv", lab_file(lab(**wrong)))
    take_in("demo-lab", "labs2.csv", lab_file(lab(resulted="2026-03-01 10:00:00")))
    found = query(
        lake,
        "SELECT sodium_last, potassium_last FROM twin.patient_now "
        "WHERE sodium_last IS NOT NULL OR potassium_last IS NOT NULL",
    )
    assert found == [(140, None)]


ALERT = {
    "code": {"coding": [{"code": "67775-7"}]},
    "valueCodeableConcept": {"text": "Alert"},
    "valueQuantity": None,
}


def test_a_coded_value_is_taken_back_though_nobody_says_when(take_in, lake):
    take_in("demo-ehr", "Observation.ndjson", ndjson(observation(**ALERT)))
    taken_back = observation(**ALERT, status="entered-in-error")
    take_in("demo-ehr", "Observation2.ndjson", ndjson(taken_back))
    assert query(lake, "SELECT consciousness_last FROM twin.patient_now") == [(None,)]


SCALE = {"code": {"coding": [{"code": "NEWS2-SCALE"}]}, "valueQuantity": {"value": 2}}


@pytest.mark.parametrize("order", [1, -1])
def test_a_lasting_value_that_was_another_one_lasts_no_longer(take_in, lake, order):
    corrected = observation(status="corrected", meta={"lastUpdated": "2026-03-01T09:00:00Z"})
    for number, resource in enumerate([observation(**SCALE), corrected][::order]):
        take_in("demo-ehr", f"Observation{number}.ndjson", ndjson(resource))
    found = query(lake, "SELECT spo2_scale_last, heart_rate_last FROM twin.patient_now")
    assert found == [(None, 72)]


def test_a_request_and_what_was_given_may_have_one_id(take_in, lake):
    for kind, when in (
        ("MedicationRequest", "authoredOn"),
        ("MedicationAdministration", "effectiveDateTime"),
    ):
        drug = {"resourceType": kind, "id": "m1", "subject": {"reference": "Patient/p1"}}
        drug |= {"status": "completed", "medicationCodeableConcept": {"coding": [{"code": "7512"}]}}
        take_in("fhir", f"{kind}.ndjson", ndjson(drug | {when: "2026-03-01T08:00:00Z"}))
    assert query(lake, "SELECT count(DISTINCT treatment_id) FROM clinical.treatment") == [(2,)]


def test_counts_are_kept_for_each_rule(take_in, lake):
    take_in("demo-lab", "labs.csv", lab_file(lab(), lab(result_id="r2", result="900")))
    found = query(
        lake,
        "SELECT rule, checked, failed FROM quality.expectation_result WHERE failed > 0",
    )
    assert found == [("value_not_too_high", 2, 1)]


def test_the_same_file_twice_is_done_once(take_in, lake):
    first = take_in("demo-lab", "labs.csv", lab_file(lab()))
    again = take_in("demo-lab", "labs.csv", lab_file(lab()))
    assert again["read"] == 0
    assert query(lake, "SELECT batch_id FROM ops.batch") == [(first["batch_id"],)]


def test_the_same_row_in_another_file_is_a_duplicate(take_in, lake):
    take_in("demo-lab", "labs_1.csv", lab_file(lab()))
    again = take_in("demo-lab", "labs_2.csv", lab_file(lab(), lab(result_id="r2")))
    assert counts(lake, again) == (2, 1, 0, 1)


def test_the_same_id_with_other_content_is_a_new_version(take_in, lake):
    take_in("demo-lab", "labs_1.csv", lab_file(lab()))
    take_in(
        "demo-lab",
        "labs_2.csv",
        lab_file(lab(result="141", resulted="2026-03-01 10:00:00")),
    )
    found = query(lake, "SELECT value, is_revised FROM clinical.observation ORDER BY arrived")
    assert found == [(140.0, False), (141.0, True)]


def test_changed_and_changed_back_are_three_versions(take_in, lake):
    for hour, result in [("09", "140"), ("10", "141"), ("11", "140")]:
        content = lab_file(lab(result=result, resulted=f"2026-03-01 {hour}:00:00"))
        take_in("demo-lab", f"labs_{hour}.csv", content)
    assert query(lake, "SELECT count(*) FROM clinical.observation") == [(3,)]


def test_readings_as_json_lines_are_the_same_readings(take_in, lake):
    reading = {"device_id": "m1", "patient": "p1", "time": "2026-03-01T10:00:00+00:00"}
    reading |= {"code": "MDC_PULS_OXIM_SAT_O2", "value": 97, "unit": "%"}
    take_in("fhir", "Patient.ndjson", ndjson({"resourceType": "Patient", "id": "p1"}))
    batch = take_in("monitor", "readings.ndjson", ndjson(reading, "not json"))
    assert counts(lake, batch) == (2, 1, 1, 0)
    assert query(lake, "SELECT concept, value FROM clinical.observation") == [("spo2", 97.0)]


def test_the_same_reading_sent_again_is_a_duplicate(take_in, lake):
    take_in("demo-ehr", "Encounter.ndjson", ndjson(encounter()))
    take_in("demo-monitor", "m1.csv", readings({}))
    again = take_in("demo-monitor", "m2.csv", readings({}, {"time": "10:01"}))
    assert counts(lake, again) == (2, 1, 0, 1)


def test_equal_content_from_two_beds_is_two_patients_readings(take_in, lake):
    take_in("demo-ehr", "Encounter.ndjson", ndjson(encounter(), encounter("p2", "Bed 13")))
    take_in("demo-monitor", "m1.csv", readings({}, {"bed": "Ward 4B / Bed 13"}))
    assert query(lake, "SELECT count(DISTINCT patient_id) FROM clinical.observation") == [(2,)]


def test_a_reading_goes_to_whoever_lay_in_the_bed_then(take_in, lake):
    gone = encounter(
        "p1",
        location=[
            {
                "location": {"display": "Ward 4B / Bed 12"},
                "period": {
                    "start": "2026-03-01T08:00:00Z",
                    "end": "2026-03-01T10:00:00Z",
                },
            }
        ],
    )
    take_in(
        "demo-ehr",
        "Encounter.ndjson",
        ndjson(gone, encounter("p2", start="2026-03-01T10:00:00Z")),
    )
    take_in("demo-monitor", "m.csv", readings({"time": "09:59"}, {"time": "10:00"}))
    patients = {
        name: lake.keys.identifier("patient", "demo-hospital", name) for name in ("p1", "p2")
    }
    found = query(lake, "SELECT patient_id FROM clinical.observation ORDER BY time")
    assert found == [(patients["p1"],), (patients["p2"],)]


def test_a_reading_from_an_empty_bed_waits_and_is_accepted_when_the_location_arrives(take_in, lake):
    early = take_in("demo-monitor", "m.csv", readings({}, {"value": 184}))
    assert counts(lake, early) == (2, 0, 2, 0)
    take_in("demo-ehr", "Encounter.ndjson", ndjson(encounter()))
    assert counts(lake, early) == (2, 1, 1, 0)
    assert query(lake, "SELECT rules FROM quality.quarantine") == [("value_not_too_high",)]


def test_a_refused_file_is_in_the_ledger_and_out_of_the_way(take_in, lake):
    batch = take_in("demo-lab", "labs.csv", "")
    assert query(lake, "SELECT state FROM ops.batch") == [("refused",)]
    assert "empty" in batch["reason"]
    assert pending(lake.settings) == []


def test_a_refused_file_fails_the_run_after_the_others_have_committed(lake, land):
    land("demo-lab", "labs_1.csv", "")
    land("demo-lab", "labs_2.csv", lab_file(lab()))
    with pytest.raises(ContractBroken, match="demo-lab"):
        microbatch.drain(lake, now=NOW)
    assert query(lake, "SELECT count(*) FROM clinical.observation") == [(1,)]


def test_a_refused_file_is_tried_again_only_when_asked(lake, land, take_in):
    batch = take_in("demo-lab", "labs.csv", "")
    microbatch.retry(lake, batch["batch_id"])
    assert [found.name for found in pending(lake.settings)] == ["labs.csv"]
    assert query(lake, "SELECT count(*) FROM ops.batch") == [(0,)]


def test_a_file_tried_again_has_the_landing_time_of_its_first_day(lake, land, take_in):
    batch = take_in("demo-lab", "labs.csv", "")
    microbatch.retry(lake, batch["batch_id"])
    assert pending(lake.settings)[0].landed == batch["landed"]


def test_trying_again_does_not_overwrite_a_file_that_waits(lake, land, take_in):
    batch = take_in("demo-lab", "labs.csv", "")
    land("demo-lab", "labs.csv", lab_file(lab()))
    with pytest.raises(NotSetUp, match="take it in first"):
        microbatch.retry(lake, batch["batch_id"])


def test_a_file_put_in_place_of_one_being_read_is_not_lost(lake, land):
    land("demo-lab", "labs.csv", lab_file(lab()))
    (landed,) = pending(lake.settings)
    newer = land("demo-lab", "labs.new", lab_file(lab(result_id="r2")))
    newer.replace(landed.path)
    landed.remove()
    assert landed.path.exists()


def test_a_value_taken_back_counts_no_more(lake, take_in):
    take_in("demo-ehr", "Observation_1.ndjson", ndjson(observation()))
    back = observation(status="entered-in-error", issued="2026-03-01T09:00:00+00:00")
    take_in("demo-ehr", "Observation_2.ndjson", ndjson(back))
    assert query(lake, "SELECT heart_rate_last FROM twin.patient_now") == [(None,)]


def test_only_a_refused_batch_can_be_retried(lake, take_in):
    batch = take_in("demo-lab", "labs.csv", lab_file(lab()))
    with pytest.raises(NotSetUp, match="no refused batch"):
        microbatch.retry(lake, batch["batch_id"])


def test_every_landed_file_is_archived_and_leaves_landing(lake, take_in, tmp_path):
    content = lab_file(lab())
    batch = take_in("demo-lab", "labs.csv", content)
    assert pending(lake.settings) == []
    archive = Archive(lake.settings.archive, lake.keys)
    archive.restore(batch["batch_id"], tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text() == content
    assert archive.sidecar(batch["batch_id"])["batch_no"] == batch["batch_no"]


def test_batch_numbers_are_dense(lake, take_in):
    for n in range(3):
        take_in("demo-lab", f"labs_{n}.csv", lab_file(lab(result_id=f"r{n}")))
    take_in("demo-lab", "labs_again.csv", lab_file(lab(result_id="r1")))
    assert query(lake, "SELECT batch_no FROM ops.batch ORDER BY 1") == [
        (1,),
        (2,),
        (3,),
    ]


def test_a_batch_is_processed_by_its_id(lake, land):
    land("demo-lab", "labs.csv", lab_file(lab()))
    batch_id = pending(lake.settings)[0].batch_id
    assert microbatch.process_batch(lake, batch_id, now=NOW)["accepted"] == 1
    assert microbatch.process_batch(lake, batch_id, now=NOW)["accepted"] == 0


def test_a_fault_nobody_foresaw_is_told_without_its_words_and_the_file_stays(lake, land):
    land("demo-lab", "labs.csv", lab_file(lab(patient_id="Zebedee")))
    lake.settings.archive.write_text("no folder")
    with pytest.raises(Defect, match=r"demo-lab .*Error at .*the file stays") as told:
        microbatch.drain(lake, now=NOW)
    assert "Zebedee" not in str(told.value)
    assert len(pending(lake.settings)) == 1


def test_an_unknown_batch_id_is_named(lake):
    with pytest.raises(NotSetUp, match="no file in landing"):
        microbatch.process_batch(lake, "ab" * 32, now=NOW)


def test_one_patient_of_two_sources_of_a_hospital_has_one_pseudonym(lake, take_in):
    take_in("demo-lab", "labs.csv", lab_file(lab()))
    take_in("demo-ehr", "Observation.ndjson", ndjson(observation()))
    assert query(lake, "SELECT count(DISTINCT patient_id) FROM clinical.observation") == [(1,)]


def test_who_is_who_is_kept_as_ciphertext_only(lake, take_in):
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Example"}]}
    take_in("demo-lab", "labs.csv", lab_file(lab()))
    take_in("demo-ehr", "Patient.ndjson", ndjson(patient))
    ((native_id, name),) = query(
        lake, "SELECT native_id, name FROM clinical.identity WHERE kind = 'patient'"
    )
    assert (lake.keys.decrypt(native_id), lake.keys.decrypt(name)) == ("p1", "Example")
    assert b"Example" not in name


def test_a_value_corrected_to_another_patient_leaves_the_first_ones_twin(lake, land):
    """What an earlier version was about is renewed with it."""
    land("demo-ehr", "Observation-1.ndjson", ndjson(observation()))
    microbatch.drain(lake, now=NOW)
    right = observation(
        subject={"reference": "Patient/p2"},
        status="corrected",
        meta={"lastUpdated": "2026-03-01T08:10:00+00:00"},
    )
    land("demo-ehr", "Observation-2.ndjson", ndjson(right))
    microbatch.drain(lake, now=NOW)
    of = {name: lake.keys.identifier("patient", "demo-hospital", name) for name in ("p1", "p2")}
    with lake.read() as con:
        rows = con.execute("SELECT patient_id, heart_rate_last FROM twin.patient_now").fetchall()
    assert dict(rows).get(of["p2"]) == 72
    assert dict(rows).get(of["p1"]) != 72
