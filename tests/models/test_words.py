import numpy as np
import pandas as pd
import pytest

from jobs.models import words

AT = pd.Timestamp("2026-11-21 04:05", tz="UTC")


def reason(about, strongest="", **cells):
    """The reason of a patient of whom only `cells` are known."""

    def cell(column):
        return cells.get(column, pd.NaT if column.endswith("_time") else np.nan)

    return words.reason(about, strongest, cell)


@pytest.mark.parametrize(
    "about, strongest, cells, told",
    [
        ("spo2", "spo2_last", {"spo2_last": 84.0}, "SpO2 84 %"),
        ("temperature", "", {"temperature_last": 38.44}, "temperature 38.4 °C"),
        ("ph", "", {"ph_last": 7.214}, "arterial pH 7.21"),
        (
            "respiratory_rate",
            "respiratory_rate_slope_6h",
            {
                "respiratory_rate_last": 28.0,
                "respiratory_rate_min_6h": 18.0,
                "respiratory_rate_max_6h": 28.0,
            },
            "respiratory rate 28 /min, up from 18 in six hours",
        ),
        (
            "spo2",
            "spo2_last",
            {"spo2_last": 84.0, "spo2_min_6h": 83.0, "spo2_max_6h": 97.0},
            "SpO2 84 %, down from 97 in six hours",
        ),
        (
            "spo2",
            "spo2_change",
            {"spo2_last": 84.0, "spo2_change": -9.2, "spo2_min_6h": 83.0, "spo2_max_6h": 97.0},
            "SpO2 84 %, 9 below own 24-hour mean",
        ),
        (
            "heart_rate",
            "heart_rate_mean_24h",
            {"heart_rate_last": 120.0, "heart_rate_change": 31.0},
            "heart rate 120 /min, 31 above own 24-hour mean",
        ),
        (
            "spo2",
            "spo2_last",
            {"spo2_last": 97.0, "spo2_min_6h": 97.0, "spo2_max_6h": 97.0},
            "SpO2 97 %",
        ),
        ("spo2", "spo2_change", {"spo2_last": 97.0, "spo2_change": 0.3}, "SpO2 97 %"),
        ("lactate", "lactate_last", {}, "no lactate in the last 72 hours"),
        ("oxygen", "oxygen_last", {"oxygen_last": 1.0}, "breathing: oxygen"),
        ("consciousness", "", {"consciousness_last": 1.0}, "consciousness: new confusion"),
        ("gcs", "gcs_last", {"gcs_last": 13.0}, "GCS 13"),
        ("age", "age", {"age": 72.9}, "age 72"),
        ("age", "age", {}, "age not known"),
        ("sex", "is_female", {"is_female": 1.0}, "female"),
        ("sex", "is_female", {"is_female": 0.0}, "male"),
        ("sex", "is_female", {}, "sex not known"),
        ("news2", "", {"news2_total": 7.0, "news2_known": 7.0}, "NEWS2 7"),
        (
            "news2",
            "",
            {"news2_total": 5.0, "news2_known": 6.0},
            "NEWS2 at least 5, 6 of 7 signs",
        ),
        ("news2", "", {}, "no NEWS2: no sign is known"),
    ],
)
def test_a_reason_is_told_as_a_clinician_would(about, strongest, cells, told):
    assert reason(about, strongest, **cells)["words"] == told


def test_a_sign_has_value_unit_and_time():
    found = reason("spo2", spo2_last=84.4, spo2_time=AT)
    assert (found["value"], found["unit"]) == (84.0, "%")
    assert found["time"] == "2026-11-21T04:05:00+00:00"


@pytest.mark.parametrize("about", ["lactate", "age", "sex", "news2"])
def test_what_is_not_known_has_no_value_and_no_time(about):
    found = reason(about)
    assert (found["value"], found["time"]) == (None, None)
