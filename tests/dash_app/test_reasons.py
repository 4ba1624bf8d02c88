import json
from datetime import timedelta

import pytest

from dash_app import reasons
from tests.dash_app.records import ago, seen


def told(*parts: tuple[str, float, str]) -> str:
    """Reasons as a prediction carries them: concept, contribution, words."""
    minutes = {"age": None, "news2": None}
    return json.dumps(
        [
            {
                "concept": concept,
                "contribution": contribution,
                "words": said,
                "time": minutes.get(concept, ago(minutes=5).isoformat()),
            }
            for concept, contribution, said in parts
        ]
    )


RISING = told(
    ("respiratory_rate", 0.8, "respiratory rate 28 /min, up from 18 in six hours"),
    ("age", 0.4, "age 72"),
    ("lactate", -0.2, "lactate 1.1 mmol/L"),
    ("heart_rate", 0.1, "heart rate 88 /min"),
)


def test_the_parts_of_news2_are_told_in_the_order_of_the_chart():
    parts = reasons.news2_parts(seen(spo2=84.0))
    assert [part["sign"] for part in parts][:2] == ["respiratory_rate", "spo2"]
    assert (parts[1]["value"], parts[1]["points"], parts[1]["age"]) == (84.0, 3, "2 min")


@pytest.mark.parametrize(
    ("signs", "note"),
    [
        ({"temperature": None}, "not measured in the last 72 h"),
        ({"ages": {"temperature": timedelta(hours=13)}}, "36.8 °C is 13 h old, limit 12 h"),
    ],
)
def test_a_part_that_does_not_count_says_why(signs, note):
    temperature = reasons.news2_parts(seen(**signs))[-1]
    assert (temperature["points"], temperature["note"]) == (None, note)


def test_the_heaviest_parts_of_the_score_come_first():
    patient = seen(spo2=84.0, heart_rate=115.0, temperature=38.4)
    assert reasons.strongest(patient) == [
        ("SpO2 84 % on air", "2 min"),
        ("Heart rate 115 /min", "2 min"),
    ]


def test_a_saturation_says_what_the_patient_breathes():
    assert reasons.strongest(seen(spo2=91.0, oxygen=1.0))[0][0] == "SpO2 91 % on oxygen"
    assert reasons.strongest(seen(spo2=91.0, oxygen=None))[0][0] == "SpO2 91 %"


def test_what_pushes_the_risk_up_follows_and_says_the_trend():
    patient = seen(spo2=84.0, respiratory_rate=28.0, risk=0.4, risk_reasons=RISING)
    assert reasons.strongest(patient, 3) == [
        ("Respiratory rate 28 /min, up from 18 in six hours", "5 min"),
        ("SpO2 84 % on air", "2 min"),
        ("Heart rate 88 /min", "5 min"),
    ]


def test_a_calm_patient_needs_no_reason():
    assert reasons.strongest(seen()) == []


def test_a_risk_that_does_not_count_gives_no_reason():
    assert reasons.strongest(seen(time=ago(hours=13), risk=0.4, risk_reasons=RISING)) == []


def test_what_raises_and_what_lowers_the_risk_are_told_apart():
    patient = seen(risk_reasons=RISING)
    up, down = reasons.risk_parts(patient.risk_reasons, patient.at)
    assert up[:2] == ["Respiratory rate 28 /min, up from 18 in six hours · 5 min", "Age 72"]
    assert down == ["Lactate 1.1 mmol/L · 5 min"]


def test_a_prediction_without_reasons_has_none():
    assert reasons.risk_parts(None, seen().at) == ([], [])


def test_an_alert_says_what_it_was_raised_for():
    parts = [{"concept": "spo2", "value": 84.0}, {"concept": "gcs", "value": 13.0}]
    assert reasons.of_alert(json.dumps(parts)) == "SpO2 84 %, GCS 13"
    assert reasons.of_alert(RISING).startswith("Respiratory rate 28 /min, up from 18")


def test_a_limit_of_the_patient_s_own_is_told_with_the_value_beyond_it():
    parts = [{"concept": "spo2", "value": 86.0, "low": 88.0}]
    parts += [{"concept": "heart_rate", "value": 131.0, "high": 120.0}]
    told = reasons.of_alert(json.dumps(parts))
    assert told == "SpO2 86 % (below 88 %), Heart rate 131 /min (above 120 /min)"
