"""qSOFA against Singer et al. (2016), with both readings of altered consciousness."""

import numpy as np
import pandas as pd
import pytest

from jobs.twins.scores import bands
from jobs.twins.scores.qsofa import PARTS, qsofa

UNKNOWN = np.nan
WELL = {"respiratory_rate": 16.0, "systolic_bp": 120.0, "gcs": 15.0, "consciousness": 0.0}


def scored(highest_gcs=14, **signs) -> pd.Series:
    return qsofa(pd.DataFrame([WELL | signs]), highest_gcs).iloc[0]


EDGES = [
    *[("respiratory_rate", 21, 0), ("respiratory_rate", 22, 1)],
    *[("systolic_bp", 100, 1), ("systolic_bp", 101, 0)],
    *[("respiratory_rate", 21.5, 1), ("respiratory_rate", 21.4, 0)],
    *[("systolic_bp", 100.5, 0), ("systolic_bp", 100.4, 1)],
]


@pytest.mark.parametrize("sign, value, points", EDGES)
def test_every_edge_as_charted(sign, value, points):
    assert scored(**{sign: value})[f"qsofa_{sign}"] == points


GCS = [(15, 0, 0), (14, 1, 0), (13, 1, 1), (3, 1, 1)]


@pytest.mark.parametrize("gcs, below_15, up_to_13", GCS)
def test_altered_is_a_coma_scale_below_15_or_one_of_13_and_less(gcs, below_15, up_to_13):
    signs = {"gcs": gcs, "consciousness": UNKNOWN}
    assert scored(**signs)["qsofa_consciousness"] == below_15
    assert scored(13, **signs)["qsofa_consciousness"] == up_to_13


@pytest.mark.parametrize("highest_gcs", [13, 14])
@pytest.mark.parametrize("gcs, consciousness", [(2, UNKNOWN), (16, UNKNOWN), (2, -1), (16, 5)])
def test_a_state_that_no_band_holds_is_unknown(highest_gcs, gcs, consciousness):
    found = scored(highest_gcs, gcs=gcs, consciousness=consciousness)
    assert np.isnan(found["qsofa_consciousness"])


def test_below_15_is_the_default():
    assert qsofa(pd.DataFrame([WELL | {"gcs": 14.0}]))["qsofa_consciousness"].item() == 1


def test_other_limits_are_refused():
    assert bands.choices("qsofa", "highest_gcs") == ["13", "14"]
    with pytest.raises(ValueError, match="no highest_gcs 12; it has 13, 14"):
        scored(12)


@pytest.mark.parametrize("highest_gcs", [13, 14])
@pytest.mark.parametrize("consciousness, points", [(0, 0), (1, 1), (2, 1), (3, 1), (4, 1)])
def test_without_a_coma_scale_every_state_but_alert_is_altered(highest_gcs, consciousness, points):
    found = scored(highest_gcs, gcs=UNKNOWN, consciousness=consciousness)
    assert found["qsofa_consciousness"] == points


def test_the_coma_scale_goes_first():
    assert scored(gcs=15, consciousness=2)["qsofa_consciousness"] == 0
    assert scored(gcs=9, consciousness=0)["qsofa_consciousness"] == 1


POSITIVE = [
    (16, 120, 15, 0, 0),
    (22, 120, 15, 1, 0),
    (22, 100, 15, 2, 1),
    (16, 100, 14, 2, 1),
    (22, 100, 14, 3, 1),
]


@pytest.mark.parametrize("rr, sbp, gcs, total, positive", POSITIVE)
def test_two_of_three_are_positive(rr, sbp, gcs, total, positive):
    found = scored(respiratory_rate=rr, systolic_bp=sbp, gcs=gcs)
    assert (found["qsofa_total"], found["qsofa_positive"]) == (total, positive)
    assert found["qsofa_known"] == 3


@pytest.mark.parametrize("missing", PARTS)
def test_a_missing_part_makes_the_total_a_lower_bound(missing):
    ill = {"respiratory_rate": 22, "systolic_bp": 100, "consciousness": 1, "gcs": UNKNOWN}
    found = scored(**ill | {missing: UNKNOWN})
    assert np.isnan(found[f"qsofa_{missing}"])
    assert (found["qsofa_known"], found["qsofa_total"]) == (2, 2)
