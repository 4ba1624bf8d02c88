import json

import pandas as pd
import pytest

from jobs.alerts import rules

NO_PREDICTIONS = pd.DataFrame({"patient_id": [], "level": [], "reasons": []})
NO_LIMITS = pd.DataFrame(columns=["patient_id", "concept", "low", "high", "value"])
AT = pd.Timestamp("2026-03-01 09:55", tz="UTC")
EARLIER = AT - pd.Timedelta("1h")


def reasons(twin, cause):
    wanted = pd.DataFrame({"patient_id": twin["patient_id"], "cause": [cause]})
    return json.loads(rules.reasons(twin, NO_PREDICTIONS, NO_LIMITS, wanted)[0])


def test_a_reason_is_the_value_with_its_unit_time_and_points(twin):
    low = twin(spo2=3, values={"spo2_last": 84.0, "spo2_time": AT})
    assert reasons(low, "news2_single") == [
        {
            "concept": "spo2",
            "value": 84.0,
            "unit": "%",
            "time": "2026-03-01T09:55:00+00:00",
            "points": 3,
        }
    ]


def test_the_reasons_of_a_total_are_its_parts_with_points_the_most_first(twin):
    found = reasons(twin(temperature=1, respiratory_rate=3, heart_rate=2), "news2_total")
    assert [(part["concept"], part["points"]) for part in found] == [
        ("respiratory_rate", 3),
        ("heart_rate", 2),
        ("temperature", 1),
    ]


def test_the_reasons_of_a_single_are_only_the_parts_with_three(twin):
    found = reasons(twin(temperature=1, respiratory_rate=3, heart_rate=2), "news2_single")
    assert [part["concept"] for part in found] == ["respiratory_rate"]


def test_a_value_is_told_with_the_decimals_of_its_sign(twin):
    feverish = twin(temperature=2, values={"temperature_last": 39.2000007, "temperature_time": AT})
    assert reasons(feverish, "news2_total")[0]["value"] == 39.2


@pytest.mark.parametrize(
    "values, concept, value",
    [
        ({"consciousness_last": 2.0, "consciousness_time": AT}, "consciousness", 2.0),
        ({"gcs_last": 8.0, "gcs_time": AT}, "gcs", 8.0),
        (
            {f"gcs_{part}_last": 2.0 for part in ("eye", "verbal", "motor")}
            | {f"gcs_{part}_time": AT for part in ("eye", "verbal", "motor")},
            "gcs",
            6.0,
        ),
        (
            {"consciousness_last": 0.0, "consciousness_time": EARLIER}
            | {"gcs_last": 8.0, "gcs_time": AT},
            "gcs",
            8.0,
        ),
        (
            {"consciousness_last": 1.0, "consciousness_time": AT}
            | {"gcs_last": 15.0, "gcs_time": AT},
            "consciousness",
            1.0,
        ),
    ],
)
def test_consciousness_is_shown_as_it_was_measured(values, concept, value, twin):
    found = reasons(twin(consciousness=3, values=values), "news2_single")[0]
    assert (found["concept"], found["value"]) == (concept, value)


@pytest.mark.parametrize(
    "values, concept",
    [
        ({"oxygen_last": 1.0, "oxygen_time": AT}, "oxygen"),
        ({"oxygen_flow_last": 4.0, "oxygen_flow_time": AT}, "oxygen_flow"),
        ({"fio2_last": 40.0, "fio2_time": AT}, "fio2"),
        (
            {"oxygen_last": 0.0, "oxygen_time": EARLIER}
            | {"oxygen_flow_last": 4.0, "oxygen_flow_time": AT},
            "oxygen_flow",
        ),
    ],
)
def test_oxygen_is_shown_as_it_was_measured(values, concept, twin):
    assert reasons(twin(oxygen=2, values=values), "news2_total")[0]["concept"] == concept


def test_a_part_whose_value_is_gone_keeps_its_points(twin):
    found = reasons(twin(systolic_bp=3), "news2_single")
    assert found == [
        {"concept": "systolic_bp", "value": None, "unit": None, "time": None, "points": 3}
    ]


def test_a_risk_has_the_reasons_of_its_prediction(twin):
    predictions = pd.DataFrame({"patient_id": [4711], "level": ["watch"], "reasons": ['["x"]']})
    wanted = pd.DataFrame({"patient_id": [4711], "cause": ["risk"]})
    assert rules.reasons(twin(), predictions, NO_LIMITS, wanted) == ['["x"]']


def test_without_a_prediction_the_level_of_risk_is_missing_not_routine(twin):
    found = rules.findings(twin(), NO_PREDICTIONS, NO_LIMITS).set_index("cause")["level"]
    assert found["news2_total"] == "routine"
    assert pd.isna(found["risk"])
