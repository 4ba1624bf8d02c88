"""The clinical resource types: what each becomes, and what its statuses mean."""

import pytest

from tests.ingest.conftest import at, ndjson, observation

PATIENT = {"reference": "Patient/p1"}
NOREPINEPHRINE = {"coding": [{"code": "7512"}]}


@pytest.fixture
def judged_fhir(judged):
    """Of a bulk export, which has every type."""

    def judge(*resources, kind="Observation"):
        return judged("fhir", f"{kind}.ndjson", ndjson(*resources))

    return judge


def resource(kind: str, **given) -> dict:
    return {"resourceType": kind, "id": "r1", "subject": PATIENT} | given


@pytest.mark.parametrize("kind", ["Patient", "Encounter", "Location", "Device", "Condition"])
def test_a_blank_line_does_no_harm_to_any_type(judged, kind):
    content = f"\n{ndjson(resource(kind), '', resource(kind, id='r2'))}"
    found = judged("fhir", f"{kind}.ndjson", content)
    assert found.read == 2


def test_a_corrected_drug_leaves_nothing_of_the_wrong_one(judged_fhir):
    given = resource("MedicationAdministration", status="completed", effectiveDateTime=
                     "2026-03-01T08:00:00Z")  # fmt: skip
    wrong = given | {"medicationCodeableConcept": NOREPINEPHRINE}
    right = given | {"medicationCodeableConcept": {"coding": [{"code": "161"}]}}
    rows = judged_fhir(wrong, right, kind="MedicationAdministration").accepted["treatment"]
    assert (len(rows), rows["treatment_id"].nunique()) == (2, 1)


def only(found, into: str):
    (row,) = found.accepted[into].to_dict("records")
    return row


def test_a_request_is_an_order_and_no_treatment_given(judged_fhir):
    order = resource(
        "MedicationRequest",
        status="active",
        intent="order",
        authoredOn="2026-03-01T08:00:00Z",
        medicationCodeableConcept=NOREPINEPHRINE,
        dosageInstruction=[{"doseAndRate": [{"doseQuantity": {"value": 4, "unit": "mg"}}]}],
    )
    row = only(judged_fhir(order, kind="MedicationRequest"), "treatment")
    assert (row["is_order"], row["concept"]) == (True, "norepinephrine")
    assert (row["dose"], row["source_unit"]) == (4, "mg")
    assert row["start_time"] == row["arrived"] == at("2026-03-01T08:00")


def test_a_procedure_is_a_treatment_with_its_time(judged_fhir):
    period = {"start": "2026-03-01T08:00:00Z", "end": "2026-03-01T20:00:00Z"}
    done = resource("Procedure", code={"coding": [{"code": "X"}]}, performedPeriod=period)
    row = only(judged_fhir(done, kind="Procedure"), "treatment")
    assert (row["is_order"], row["end_time"]) == (False, at("2026-03-01T20:00"))


@pytest.mark.parametrize("status, refused", [("completed", 0), ("preparation", 1)])
def test_a_procedure_in_preparation_has_not_happened(judged_fhir, status, refused):
    given = resource("Procedure", status=status, performedDateTime="2026-03-01T08:00:00Z",
                     code={"coding": [{"code": "X"}]})  # fmt: skip
    assert len(judged_fhir(given, kind="Procedure").refused) == refused


def test_a_device_tells_its_model_and_its_firmware(judged_fhir):
    device = {
        "resourceType": "Device",
        "id": "m1",
        "type": {"text": "bedside monitor"},
        "modelNumber": "MX-800",
        "version": [
            {"type": {"text": "hardware"}, "value": "B"},
            {"type": {"text": "Firmware"}, "value": "4.2.1"},
        ],
        "meta": {"lastUpdated": "2026-03-01T08:00:00Z"},
    }
    row = only(judged_fhir(device, kind="Device"), "device")
    assert (row["kind"], row["model"], row["firmware"]) == ("bedside monitor", "MX-800", "4.2.1")


@pytest.mark.parametrize(
    "kind, given",
    [
        ("MedicationAdministration", {"status": "entered-in-error"}),
        ("MedicationAdministration", {"status": "not-done"}),
        ("MedicationRequest", {"status": "cancelled"}),
        ("Procedure", {"status": "entered-in-error"}),
        ("Procedure", {"status": "not-done"}),
    ],
)
def test_a_treatment_that_the_source_takes_back_is_retracted(judged_fhir, kind, given):
    times = {"effectiveDateTime": "2026-03-01T08:00:00Z", "authoredOn": "2026-03-01T08:00:00Z",
             "performedDateTime": "2026-03-01T08:00:00Z"}  # fmt: skip
    codes = {"medicationCodeableConcept": NOREPINEPHRINE, "code": NOREPINEPHRINE}
    found = judged_fhir(resource(kind, **times, **codes, **given), kind=kind)
    assert only(found, "treatment")["is_retracted"]


@pytest.mark.parametrize(
    "verified, is_retracted",
    [("confirmed", False), ("entered-in-error", True), ("refuted", True)],
)
def test_a_condition_entered_in_error_or_refuted_is_retracted(judged_fhir, verified, is_retracted):
    given = resource(
        "Condition",
        code={"coding": [{"code": "91302008"}]},
        recordedDate="2026-03-01T08:00:00Z",
        verificationStatus={"coding": [{"code": verified}]},
    )
    assert only(judged_fhir(given, kind="Condition"), "condition")["is_retracted"] == is_retracted


def test_a_retracted_stay_takes_its_places_with_it(judged_fhir):
    stay = resource(
        "Encounter",
        status="entered-in-error",
        period={"start": "2026-03-01T08:00:00Z"},
        location=[{"location": {"display": "Ward 4B / Bed 12"}}],
    )
    found = judged_fhir(stay, kind="Encounter")
    assert only(found, "encounter")["is_retracted"] and only(found, "location")["is_retracted"]


@pytest.mark.parametrize(
    "given, time",
    [
        ({"effectiveInstant": "2026-03-01T08:00:00Z"}, "2026-03-01T08:00"),
        ({"effectivePeriod": {"start": "2026-03-01T06:00:00Z"}}, "2026-03-01T06:00"),
        (
            {"effectivePeriod": {"start": "2026-03-01T06:00:00Z", "end": "2026-03-01T08:00:00Z"}},
            "2026-03-01T08:00",
        ),
    ],
)
def test_a_value_is_true_at_its_instant_or_when_its_period_ends(judged_fhir, given, time):
    timed = observation(**given)
    del timed["effectiveDateTime"]
    assert only(judged_fhir(timed), "observation")["time"] == at(time)


@pytest.mark.parametrize(
    "status, arrived", [("final", "2026-03-01T08:05"), ("corrected", "2026-03-01T11:00")]
)
def test_a_correction_is_known_when_it_was_made_not_when_the_first_version_was(
    judged_fhir, status, arrived
):
    given = observation(status=status, meta={"lastUpdated": "2026-03-01T11:00:00Z"})
    assert only(judged_fhir(given), "observation")["arrived"] == at(arrived)


def test_a_value_that_the_source_says_is_absent_is_refused_as_missing(judged_fhir):
    absent = observation(dataAbsentReason={"coding": [{"code": "not-performed"}]})
    del absent["valueQuantity"]
    assert list(judged_fhir(absent).refused["rules"]) == ["value_readable"]


@pytest.mark.parametrize(
    "kind, into, rows",
    [
        ("Patient", "patient", 13),
        ("Encounter", "encounter", 1215),
        ("Condition", "condition", 555),
        ("MedicationRequest", "treatment", 1745),
        ("Procedure", "treatment", 2056),
        ("Device", "device", 16),
    ],
)
def test_a_bulk_export_of_synthea_is_read_whole(judged, real_data, kind, into, rows):
    path = real_data("fhir-synthea") / "bulk" / f"{kind}.000.ndjson"
    found = judged("fhir", path.name, path)
    refused = found.refused["into_table"].eq(into).sum()
    assert len(found.accepted[into]) + refused == rows
    assert found.read == sum(map(len, found.accepted.values())) + len(found.refused)


def test_a_type_without_a_place_is_told_to_be_ignored(settings, tmp_path):
    from jobs.ingest.landing import import_folder

    (tmp_path / "Immunization.ndjson").write_text(ndjson({"resourceType": "Immunization"}))
    (tmp_path / "Device.ndjson").write_text(ndjson({"resourceType": "Device", "id": "d"}))
    found = import_folder(settings, tmp_path)
    assert (found["copied"], found["ignored"]) == (
        {"fhir": ["Device.ndjson"]},
        ["Immunization.ndjson"],
    )
