"""The SIRS criteria against Bone et al. (1992)."""

import numpy as np
import pandas as pd
import pytest

from jobs.twins.scores.sirs import sirs

UNKNOWN = np.nan
WELL = {
    "temperature": 37.0,
    "heart_rate": 80.0,
    "respiratory_rate": 16.0,
    "paco2": 40.0,
    "leukocytes": 8.0,
}


def scored(**signs) -> pd.Series:
    return sirs(pd.DataFrame([WELL | signs])).iloc[0]


EDGES = {
    ("temperature", "temperature"): {35.9: 1, 36.0: 0, 38.0: 0, 38.1: 1, 35.94: 1, 38.04: 0},
    ("heart_rate", "heart_rate"): {90: 0, 91: 1, 90.4: 0, 90.5: 1},
    ("respiratory_rate", "respiration"): {20: 0, 21: 1, 20.4: 0, 20.5: 1},
    ("paco2", "respiration"): {32: 0, 31.9: 1, 31: 1, 33: 0},
    ("leukocytes", "leukocytes"): {3.9: 1, 3.99: 1, 4.0: 0, 12.0: 0, 12.01: 1, 12.1: 1},
}


@pytest.mark.parametrize(
    "sign, part, value, points",
    [(*names, value, points) for names, edges in EDGES.items() for value, points in edges.items()],
)
def test_every_edge(sign, part, value, points):
    assert scored(**{sign: value})[f"sirs_{part}"] == points


RESPIRATION = [
    # respiratory rate, PaCO2, points
    (16, UNKNOWN, 0),
    (21, UNKNOWN, 1),
    (21, 40, 1),
    (16, 31, 1),
    (UNKNOWN, 31, 1),
    (UNKNOWN, 40, UNKNOWN),
    (UNKNOWN, UNKNOWN, UNKNOWN),
]


@pytest.mark.parametrize("rate, paco2, points", RESPIRATION)
def test_carbon_dioxide_can_only_add_to_the_respiratory_rate(rate, paco2, points):
    found = scored(respiratory_rate=rate, paco2=paco2)["sirs_respiration"]
    np.testing.assert_equal(found, points)


POSITIVE = [
    ({}, 0, 0),
    ({"heart_rate": 91}, 1, 0),
    ({"heart_rate": 91, "temperature": 35.9}, 2, 1),
    ({"respiratory_rate": 21, "paco2": 31}, 1, 0),
    ({"heart_rate": 91, "temperature": 38.1, "paco2": 31, "leukocytes": 12.1}, 4, 1),
]


@pytest.mark.parametrize("signs, total, positive", POSITIVE)
def test_two_of_four_are_positive(signs, total, positive):
    found = scored(**signs)
    assert (found["sirs_total"], found["sirs_positive"]) == (total, positive)
    assert found["sirs_known"] == 4


@pytest.mark.parametrize("missing", ["temperature", "heart_rate", "leukocytes"])
def test_a_missing_part_makes_the_total_a_lower_bound(missing):
    ill = {"temperature": 39, "heart_rate": 120, "respiratory_rate": 30, "leukocytes": 20}
    found = scored(**ill | {missing: UNKNOWN})
    assert np.isnan(found[f"sirs_{missing}"])
    assert (found["sirs_known"], found["sirs_total"]) == (3, 3)
