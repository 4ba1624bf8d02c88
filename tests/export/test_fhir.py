"""A patient's NEWS2 and risk as FHIR."""

import json

import pandas as pd
import pytest

from jobs.export import fhir
from jobs.twins import patient_now
from tests.twins.conftest import PATIENT, at
from warehouse.errors import NotSetUp
from warehouse.lake import insert

SIGNS = {
    **{"respiratory_rate": 22, "spo2": 93, "systolic_bp": 105, "heart_rate": 95},
    **{"temperature": 38.5, "oxygen": 1, "consciousness": 0},
}


@pytest.fixture
def score(con, observe):
    """The Observation of a patient with these signs."""

    def find(**signs) -> dict:
        for concept, value in signs.items():
            observe(concept, value, "10:00")
        patient_now.update(con, [PATIENT], batch_no=3)
        return fhir.bundle(con, PATIENT)["entry"][0]["resource"]

    return find


@pytest.fixture
def predict(con):
    """Add one prediction."""

    def add(time="10:00", risk=0.31, reasons=None):
        row = {"patient_id": PATIENT, "time": at(time), "batch_no": 3, "model_id": "m1"}
        row |= {"feature_set": "f", "risk": risk, "level": "urgent", "margin": 0.0}
        insert(con, "model.prediction", pd.DataFrame([row | {"reasons": reasons}]))

    return add


def points(observation: dict) -> dict[str, int | None]:
    """The points of each part, by the last words of its name."""
    return {
        part["code"]["coding"][0]["display"].split(" - ")[1]: part.get("valueQuantity", {}).get(
            "value"
        )
        for part in observation["component"]
    }


def test_a_score_is_told_with_its_parts(score):
    found = score(**SIGNS)
    assert found["valueQuantity"]["value"] == 9
    assert "comparator" not in found["valueQuantity"]
    assert points(found) == {
        "respiration rate score": 2,
        "oxygen saturation scale 1 score": 2,
        "air or oxygen score": 2,
        "systolic blood pressure score": 1,
        "pulse score": 1,
        "consciousness score": 0,
        "temperature score": 1,
    }


def test_an_incomplete_score_is_at_least_what_is_known(score):
    found = score(respiratory_rate=22)
    assert found["valueQuantity"]["comparator"] == ">="
    assert found["valueQuantity"]["value"] == 2
    absent = [part for part in found["component"] if "dataAbsentReason" in part]
    assert len(absent) == 6


def test_without_any_sign_there_is_no_value_and_a_reason(score):
    found = score(lactate=2)
    assert "valueQuantity" not in found
    assert found["dataAbsentReason"]["coding"][0]["code"] == "unknown"


def test_scale_2_has_a_code_of_its_own(score):
    assert "oxygen saturation scale 2 score" in points(score(spo2=93, spo2_scale=2))


def test_the_newest_risk_rests_on_the_score(score, con, predict):
    score(**SIGNS)
    predict("09:00", 0.1)
    predict("10:00", 0.31, json.dumps([{"words": "SpO2 93 %"}, {"words": "breathing 22 /min"}]))
    observation, assessment = [e["resource"] for e in fhir.bundle(con, PATIENT)["entry"]]
    (prediction,) = assessment["prediction"]
    assert assessment["basis"] == [{"reference": f"urn:uuid:{observation['id']}"}]
    assert prediction["probabilityDecimal"] == 0.31
    assert prediction["rationale"] == "SpO2 93 %; breathing 22 /min"
    assert prediction["whenPeriod"]["end"] == "2026-03-02T10:00:00+00:00"


def test_the_same_state_gives_the_same_bundle(score, con):
    score(**SIGNS)
    assert json.dumps(fhir.bundle(con, PATIENT)) == json.dumps(fhir.bundle(con, PATIENT))


def test_a_patient_without_a_twin_is_said_to_be_missing(con):
    with pytest.raises(NotSetUp, match="no twin"):
        fhir.bundle(con, 1)
