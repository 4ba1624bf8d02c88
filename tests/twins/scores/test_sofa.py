"""SOFA against the table of Vincent et al. (1996)."""

import numpy as np
import pandas as pd
import pytest

from jobs.twins.scores.sofa import PARTS, WORST, sofa

UNKNOWN = np.nan


def scored(**worst) -> pd.Series:
    return sofa(pd.DataFrame([dict.fromkeys(WORST, UNKNOWN) | worst])).iloc[0]


EDGES = {
    ("pao2_fio2_ventilated", "respiration"): {
        **{400: 0, 399.9: 1, 300: 1, 299.9: 2, 200: 2, 199.9: 3, 100: 3, 99.9: 4, 40: 4},
    },
    ("pao2_fio2_unventilated", "respiration"): {
        **{400: 0, 399.9: 1, 300: 1, 299.9: 2, 200: 2, 199.9: 2, 100: 2, 99.9: 2, 40: 2},
    },
    ("platelets", "coagulation"): {
        **{150: 0, 149.9: 1, 149: 1, 100: 1, 99: 2, 99.9: 2, 50: 2, 49: 3, 49.9: 3},
        **{20: 3, 19.9: 4, 19: 4},
    },
    ("bilirubin", "liver"): {
        **{1.1: 0, 1.19: 0, 1.2: 1, 1.9: 1, 1.95: 1, 2.0: 2, 5.9: 2, 5.99: 2},
        **{6.0: 3, 11.9: 3, 11.99: 3, 12.0: 4, 30.0: 4},
    },
    ("mean_bp", "cardiovascular"): {70: 0, 69.9: 1, 69: 1, 30: 1},
    ("dopamine", "cardiovascular"): {0.1: 2, 5: 2, 5.1: 3, 15: 3, 15.1: 4},
    ("dobutamine", "cardiovascular"): {0.1: 2, 20: 2},
    ("epinephrine", "cardiovascular"): {0.01: 3, 0.1: 3, 0.11: 4, 1.0: 4},
    ("norepinephrine", "cardiovascular"): {0.01: 3, 0.1: 3, 0.11: 4, 1.0: 4},
    ("gcs", "cns"): {15: 0, 14: 1, 13: 1, 12: 2, 10: 2, 9: 3, 6: 3, 5: 4, 3: 4},
    ("creatinine", "renal"): {
        **{1.1: 0, 1.19: 0, 1.2: 1, 1.9: 1, 1.95: 1, 2.0: 2, 3.4: 2, 3.49: 2},
        **{3.5: 3, 4.9: 3, 4.99: 3, 5.0: 4, 9.0: 4},
    },
    ("urine_output", "renal"): {499.9: 3, 499: 3, 200: 3, 199.9: 4, 0: 4},
}


@pytest.mark.parametrize(
    "name, part, value, points",
    [(*names, value, points) for names, edges in EDGES.items() for value, points in edges.items()],
)
def test_every_edge(name, part, value, points):
    found = scored(**{name: float(value)})
    assert found[f"sofa_{part}"] == points
    assert (found["sofa_known"], found["sofa_total"]) == (1, points)


RESPIRATION = [
    # PaO2/FiO2 while ventilated, while not, points
    (120, 68, 3),  # the lowest of all was while breathing alone: 3, and not 4
    (350, 250, 2),
    (450, 120, 2),
    (90, 450, 4),
    (250, UNKNOWN, 2),
    (UNKNOWN, 68, 2),
    (UNKNOWN, UNKNOWN, UNKNOWN),
]


@pytest.mark.parametrize("ventilated, unventilated, points", RESPIRATION)
def test_below_200_counts_only_while_ventilated(ventilated, unventilated, points):
    ratios = {"pao2_fio2_ventilated": ventilated, "pao2_fio2_unventilated": unventilated}
    np.testing.assert_equal(scored(**ratios)["sofa_respiration"], points)


@pytest.mark.parametrize("drug", ["dopamine", "dobutamine", "epinephrine", "norepinephrine"])
def test_a_rate_of_zero_is_no_infusion(drug):
    assert scored(mean_bp=80, **{drug: 0.0})["sofa_cardiovascular"] == 0
    assert scored(mean_bp=60, **{drug: 0.0})["sofa_cardiovascular"] == 1
    assert np.isnan(scored(**{drug: 0.0})["sofa_cardiovascular"])


def test_the_infusion_that_gives_most_counts():
    assert scored(mean_bp=60, dobutamine=5, norepinephrine=0.05)["sofa_cardiovascular"] == 3
    assert scored(mean_bp=80, dopamine=16, norepinephrine=0.05)["sofa_cardiovascular"] == 4


RENAL = [
    # creatinine, urine of 24 h, points
    (1.0, UNKNOWN, 0),
    (1.0, 2000, 0),
    (1.0, 500, 0),
    (1.0, 450, 3),
    (2.5, 100, 4),
    (5.0, 450, 4),
    (UNKNOWN, 450, 3),
    (UNKNOWN, 2000, UNKNOWN),
]


@pytest.mark.parametrize("creatinine, urine, points", RENAL)
def test_urine_can_only_add_to_the_creatinine(creatinine, urine, points):
    found = scored(creatinine=creatinine, urine_output=urine)["sofa_renal"]
    np.testing.assert_equal(found, points)


WORST_OF_ALL = {
    "pao2_fio2_ventilated": 80,
    "platelets": 10,
    "bilirubin": 15,
    "norepinephrine": 0.5,
    "gcs": 3,
    "creatinine": 6,
}


def test_six_failed_organs_are_24():
    found = scored(**WORST_OF_ALL)
    assert (found["sofa_known"], found["sofa_total"]) == (6, 24)


@pytest.mark.parametrize("name", WORST_OF_ALL)
def test_an_unknown_part_is_not_normal(name):
    (part,) = [part for part, names in PARTS.items() if name in names]
    found = scored(**WORST_OF_ALL | {name: UNKNOWN})
    assert np.isnan(found[f"sofa_{part}"])
    assert (found["sofa_known"], found["sofa_total"]) == (5, 20)


@pytest.mark.parametrize("gcs", [2, 16])
def test_a_coma_scale_that_does_not_exist_is_unknown(gcs):
    assert np.isnan(scored(gcs=gcs)["sofa_cns"])


def test_a_converted_value_on_the_edge_is_on_the_edge():
    assert scored(creatinine=106.08 / 88.4)["sofa_renal"] == 1
    assert scored(creatinine=442 / 88.4)["sofa_renal"] == 4
    assert scored(bilirubin=0.1 + 1.1)["sofa_liver"] == 1
    assert scored(bilirubin=2.4 - 1.2 + 0.8)["sofa_liver"] == 2
    assert scored(norepinephrine=0.3 - 0.2)["sofa_cardiovascular"] == 3
    assert scored(norepinephrine=0.1 + 1e-12)["sofa_cardiovascular"] == 3
