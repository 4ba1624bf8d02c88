"""NEWS2 against the chart (Royal College of Physicians, 2017)."""

import numpy as np
import pandas as pd
import pytest

from jobs.twins.scores import PARTS, news2

AIR, OXYGEN, UNKNOWN = 0.0, 1.0, np.nan
ALERT, CONFUSED, UNRESPONSIVE = 0.0, 1.0, 4.0

WELL = {
    "respiratory_rate": 16.0,
    "spo2": 97.0,
    "systolic_bp": 120.0,
    "heart_rate": 80.0,
    "temperature": 37.0,
    "oxygen": AIR,
    "consciousness": ALERT,
    "spo2_scale": 1.0,
}


def scored(**signs) -> pd.Series:
    return news2(pd.DataFrame([WELL | signs])).iloc[0]


GOLDEN = [
    # rr, spo2, scale, oxygen, sbp, hr, consciousness, temp; parts in chart order; total
    (16, 97, 1, AIR, 120, 80, ALERT, 37.0, (0, 0, 0, 0, 0, 0, 0), 0),
    (25, 97, 1, AIR, 120, 80, ALERT, 37.0, (3, 0, 0, 0, 0, 0, 0), 3),
    (21, 94, 1, AIR, 110, 91, ALERT, 38.1, (2, 1, 0, 1, 1, 0, 1), 6),
    (24, 93, 1, OXYGEN, 100, 111, ALERT, 39.1, (2, 2, 2, 2, 2, 0, 2), 12),
    (8, 83, 1, OXYGEN, 90, 40, UNRESPONSIVE, 35.0, (3, 3, 2, 3, 3, 3, 3), 20),
    (18, 89, 1, AIR, 120, 80, ALERT, 37.0, (0, 3, 0, 0, 0, 0, 0), 3),
    (18, 89, 2, AIR, 120, 80, ALERT, 37.0, (0, 0, 0, 0, 0, 0, 0), 0),
    (18, 97, 2, OXYGEN, 120, 80, ALERT, 37.0, (0, 3, 2, 0, 0, 0, 0), 5),
    (18, 97, 2, AIR, 120, 80, ALERT, 37.0, (0, 0, 0, 0, 0, 0, 0), 0),
    (12, 96, 1, AIR, 219, 50, CONFUSED, 36.0, (0, 0, 0, 0, 1, 3, 1), 5),
    (11, 95, 1, AIR, 220, 51, ALERT, 36.1, (1, 1, 0, 3, 0, 0, 0), 5),
    (20, 92, 1, AIR, 111, 130, ALERT, 38.0, (0, 2, 0, 0, 2, 0, 0), 4),
    (20, 96, 2, OXYGEN, 101, 131, ALERT, 39.0, (0, 2, 2, 1, 3, 0, 1), 9),
]


@pytest.mark.parametrize("rr, spo2, scale, oxygen, sbp, hr, acvpu, temp, parts, total", GOLDEN)
def test_the_golden_vectors(rr, spo2, scale, oxygen, sbp, hr, acvpu, temp, parts, total):
    found = scored(
        respiratory_rate=rr,
        spo2=spo2,
        spo2_scale=scale,
        oxygen=oxygen,
        systolic_bp=sbp,
        heart_rate=hr,
        consciousness=acvpu,
        temperature=temp,
    )
    assert tuple(found[f"news2_{part}"] for part in PARTS) == parts
    assert found["news2_total"] == total
    assert found["news2_highest"] == max(parts)
    assert found["news2_known"] == 7
    assert found["news2_scale"] == scale


EDGES = {
    "respiratory_rate": {8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3},
    "spo2": {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0},
    "systolic_bp": {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3},
    "heart_rate": {
        **{40: 3, 41: 1, 50: 1, 51: 0, 90: 0},
        **{91: 1, 110: 1, 111: 2, 130: 2, 131: 3},
    },
    "temperature": {
        **{35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0},
        **{38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2},
    },
    "consciousness": {0: 0, 1: 3, 2: 3, 3: 3, 4: 3},
    "oxygen": {AIR: 0, OXYGEN: 2},
}


@pytest.mark.parametrize(
    "sign, value, points",
    [(sign, value, points) for sign, edges in EDGES.items() for value, points in edges.items()],
)
def test_every_edge_of_the_chart(sign, value, points):
    assert scored(**{sign: float(value)})[f"news2_{sign}"] == points


SCALE_2 = [
    *[(83, 3, 3), (84, 2, 2), (85, 2, 2), (86, 1, 1), (87, 1, 1), (88, 0, 0), (92, 0, 0)],
    *[(93, 0, 1), (94, 0, 1), (95, 0, 2), (96, 0, 2), (97, 0, 3)],
]


@pytest.mark.parametrize("spo2, on_air, on_oxygen", SCALE_2)
def test_every_edge_of_scale_2(spo2, on_air, on_oxygen):
    assert scored(spo2=spo2, spo2_scale=2, oxygen=AIR)["news2_spo2"] == on_air
    assert scored(spo2=spo2, spo2_scale=2, oxygen=OXYGEN)["news2_spo2"] == on_oxygen


ROUNDED = [
    ("heart_rate", 40.5, 1),  # 41; to even it would be 40 and score 3
    ("heart_rate", 40.49, 3),
    ("heart_rate", 90.5, 1),
    ("respiratory_rate", 8.5, 1),
    ("respiratory_rate", 20.5, 2),
    ("respiratory_rate", 24.5, 3),
    ("spo2", 91.5, 2),
    ("systolic_bp", 90.5, 2),
    ("systolic_bp", 219.5, 3),
    ("temperature", 36.05, 0),  # 36.1, though its binary form is a little less than 36.05
    ("temperature", 36.04, 1),
    ("temperature", 35.05, 1),
    ("temperature", 38.05, 1),
    ("temperature", 39.05, 2),
    ("temperature", (97.5 - 32) / 1.8, 0),
]


@pytest.mark.parametrize("sign, value, points", ROUNDED)
def test_values_are_rounded_half_up_as_charted(sign, value, points):
    assert scored(**{sign: value})[f"news2_{sign}"] == points


def test_the_half_of_any_tenth_of_a_degree_goes_up():
    halves = [float(f"{tenths / 10:.1f}5") for tenths in range(250, 450)]
    above = [tenths / 10 for tenths in range(251, 451)]
    found, wanted = (
        news2(pd.DataFrame([WELL | {"temperature": value} for value in values]))
        for values in (halves, above)
    )
    pd.testing.assert_frame_equal(found, wanted)


@pytest.mark.parametrize("missing", PARTS)
def test_a_missing_sign_makes_the_total_a_lower_bound(missing):
    ill = {"respiratory_rate": 25, "spo2": 91, "systolic_bp": 90, "heart_rate": 131}
    ill |= {"temperature": 39.1, "oxygen": OXYGEN, "consciousness": CONFUSED}
    whole, found = scored(**ill), scored(**ill | {missing: UNKNOWN})
    assert np.isnan(found[f"news2_{missing}"])
    assert found["news2_known"] == 6
    assert found["news2_total"] == whole["news2_total"] - whole[f"news2_{missing}"]


def test_nothing_known_is_no_score():
    found = scored(**dict.fromkeys(PARTS, UNKNOWN))
    assert found["news2_known"] == 0
    assert np.isnan(found["news2_total"])
    assert np.isnan(found["news2_highest"])


def test_unknown_oxygen_is_not_air():
    assert np.isnan(scored(oxygen=UNKNOWN)["news2_oxygen"])


@pytest.mark.parametrize("spo2, points", [(83, 3), (92, 0), (93, np.nan), (97, np.nan)])
def test_scale_2_needs_to_know_the_oxygen_from_93_percent_on(spo2, points):
    found = scored(spo2=spo2, spo2_scale=2, oxygen=UNKNOWN)["news2_spo2"]
    np.testing.assert_equal(found, points)


def test_an_unknown_scale_is_scale_1():
    found = scored(spo2=89, spo2_scale=UNKNOWN)
    assert (found["news2_scale"], found["news2_spo2"]) == (1, 3)


@pytest.mark.parametrize(
    "sign, value", [("consciousness", 5), ("consciousness", -1), ("oxygen", 2), ("oxygen", -1)]
)
def test_a_state_that_no_band_holds_is_unknown(sign, value):
    assert np.isnan(scored(**{sign: float(value)})[f"news2_{sign}"])


def test_no_patients_give_no_scores():
    assert len(news2(pd.DataFrame([WELL]).iloc[:0])) == 0


def test_the_signs_are_not_changed():
    signs = pd.DataFrame([WELL], index=[7])
    before = signs.copy()
    assert list(news2(signs).index) == [7]
    pd.testing.assert_frame_equal(signs, before)
