"""MEWS against the table of Subbe et al. (2001), in each reading of it."""

import numpy as np
import pandas as pd
import pytest

from jobs.twins.scores import bands
from jobs.twins.scores.mews import PARTS, mews

UNKNOWN = np.nan
VARIANTS = ["published", "printed", "ricu"]
WELL = {
    "systolic_bp": 120.0,
    "heart_rate": 80.0,
    "respiratory_rate": 12.0,
    "temperature": 37.0,
    "consciousness": 0.0,
}


def scored(variant="published", **signs) -> pd.Series:
    return mews(pd.DataFrame([WELL | signs]), variant).iloc[0]


EDGES = {
    "systolic_bp": {70: 3, 71: 2, 80: 2, 81: 1, 100: 1, 101: 0, 199: 0, 200: 2},
    "heart_rate": {
        **{39: 2, 41: 1, 50: 1, 51: 0, 100: 0},
        **{101: 1, 110: 1, 111: 2, 129: 2, 130: 3},
    },
    "respiratory_rate": {8: 2, 10: 0, 14: 0, 15: 1, 20: 1, 21: 2, 29: 2, 30: 3},
    "temperature": {34.9: 2, 35.1: 0, 38.4: 0, 38.5: 2},
    "consciousness": {0: 0, 1: 1, 2: 1, 3: 2, 4: 3},
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    "sign, value, points",
    [(sign, value, points) for sign, edges in EDGES.items() for value, points in edges.items()],
)
def test_every_edge_on_which_the_charts_agree(variant, sign, value, points):
    assert scored(variant, **{sign: float(value)})[f"mews_{sign}"] == points


TRAPS = [
    # variant; heart rate 40, respiratory rate 9, temperature 35.0
    ("published", 2, 0, 0),
    ("printed", UNKNOWN, 0, 0),
    ("ricu", 2, 2, 2),
]


@pytest.mark.parametrize("variant, heart_rate, respiratory_rate, temperature", TRAPS)
def test_the_three_values_on_which_they_differ(variant, heart_rate, respiratory_rate, temperature):
    found = scored(variant, heart_rate=40, respiratory_rate=9, temperature=35.0)
    parts = [found[f"mews_{part}"] for part in ("heart_rate", "respiratory_rate", "temperature")]
    np.testing.assert_equal(parts, [heart_rate, respiratory_rate, temperature])


def test_the_published_reading_is_the_default():
    signs = pd.DataFrame([WELL | {"respiratory_rate": 9.0, "heart_rate": 40.0}])
    pd.testing.assert_frame_equal(mews(signs), mews(signs, "published"))
    assert mews(signs)["mews_total"].item() == 2


def test_every_reading_is_tested():
    assert bands.choices("mews", "variant") == sorted(VARIANTS)


def test_a_reading_that_nobody_has_is_refused():
    with pytest.raises(ValueError, match="no variant 'Subbe'; it has printed, published, ricu"):
        scored("Subbe")


VECTORS = [
    # sbp, hr, rr, temp, consciousness; parts in this order; total; positive
    (120, 80, 12, 37.0, 0, (0, 0, 0, 0, 0), 0, 0),
    (70, 130, 30, 38.5, 4, (3, 3, 3, 2, 3), 14, 1),
    (95, 105, 18, 37.5, 0, (1, 1, 1, 0, 0), 3, 0),
    (95, 112, 18, 37.5, 0, (1, 2, 1, 0, 0), 4, 0),
    (95, 112, 18, 37.5, 2, (1, 2, 1, 0, 1), 5, 1),
    (200, 45, 8, 34.9, 3, (2, 1, 2, 2, 2), 9, 1),
]


@pytest.mark.parametrize("sbp, hr, rr, temp, avpu, parts, total, positive", VECTORS)
def test_whole_patients(sbp, hr, rr, temp, avpu, parts, total, positive):
    found = scored(
        systolic_bp=sbp, heart_rate=hr, respiratory_rate=rr, temperature=temp, consciousness=avpu
    )
    assert tuple(found[f"mews_{part}"] for part in PARTS) == parts
    assert (found["mews_total"], found["mews_positive"]) == (total, positive)
    assert found["mews_known"] == 5


ROUNDED = [
    ("systolic_bp", 70.5, 2),
    ("systolic_bp", 199.5, 2),
    ("heart_rate", 40.5, 1),
    ("heart_rate", 40.4, 2),
    ("respiratory_rate", 8.5, 0),
    ("temperature", 34.95, 0),
    ("temperature", 34.94, 2),
    ("temperature", 38.45, 2),
]


@pytest.mark.parametrize("sign, value, points", ROUNDED)
def test_values_are_rounded_half_up_as_charted(sign, value, points):
    assert scored(**{sign: value})[f"mews_{sign}"] == points


@pytest.mark.parametrize("consciousness", [-1, 5])
def test_a_state_that_no_band_holds_is_unknown(consciousness):
    assert np.isnan(scored(consciousness=consciousness)["mews_consciousness"])


@pytest.mark.parametrize("missing", PARTS)
def test_a_missing_sign_makes_the_total_a_lower_bound(missing):
    ill = {"systolic_bp": 70, "heart_rate": 130, "respiratory_rate": 30}
    ill |= {"temperature": 38.5, "consciousness": 4}
    whole, found = scored(**ill), scored(**ill | {missing: UNKNOWN})
    assert np.isnan(found[f"mews_{missing}"])
    assert found["mews_known"] == 4
    assert found["mews_total"] == whole["mews_total"] - whole[f"mews_{missing}"]
