"""What holds for every score that is a plain function of a frame of signs."""

import numpy as np
import pandas as pd
import pytest

from jobs.twins import scores
from jobs.twins.scores.sofa import WORST

SIGNS = {
    **dict.fromkeys(WORST, 50.0),
    **{"respiratory_rate": 25.0, "systolic_bp": 90.0, "heart_rate": 120.0, "temperature": 39.5},
    **{"spo2": 90.0, "oxygen": 1.0, "spo2_scale": 1.0},
    **{"consciousness": 2.0, "gcs": 12.0, "paco2": 30.0, "leukocytes": 15.0},
}
PARTS = {"news2": 7, "mews": 5, "qsofa": 3, "sirs": 4, "sofa": 6}
each_score = pytest.mark.parametrize("name", PARTS)


def scored(name, *signs, **frame) -> pd.DataFrame:
    return getattr(scores, name)(pd.DataFrame(list(signs), columns=list(SIGNS), **frame))


@each_score
def test_all_that_is_found_is_a_number(name):
    assert set(scored(name, SIGNS).dtypes) == {np.dtype(float)}


@each_score
def test_nobody_has_no_score(name):
    found = scored(name)
    assert len(found) == 0
    assert list(found) == list(scored(name, SIGNS))


@each_score
def test_nothing_known_is_no_score(name):
    found = scored(name, dict.fromkeys(SIGNS, np.nan)).iloc[0]
    assert found[f"{name}_known"] == 0
    assert np.isnan(found[f"{name}_total"])


@each_score
def test_all_parts_can_be_known(name):
    assert scored(name, SIGNS)[f"{name}_known"].item() == PARTS[name]


@each_score
def test_rows_keep_their_index_and_do_not_touch_each_other(name):
    well = dict.fromkeys(SIGNS, np.nan) | {"gcs": 15.0, "heart_rate": 80.0}
    both = scored(name, SIGNS, well, index=[7, 7])
    assert list(both.index) == [7, 7]
    alone = pd.concat([scored(name, SIGNS), scored(name, well)])
    pd.testing.assert_frame_equal(both.reset_index(drop=True), alone.reset_index(drop=True))


@each_score
def test_what_is_given_is_not_changed(name):
    given = pd.DataFrame([SIGNS])
    before = given.copy()
    getattr(scores, name)(given)
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize("name", ["mews", "qsofa", "sirs"])
def test_it_is_positive_as_soon_as_the_known_parts_suffice(name):
    two = {"respiratory_rate": 35.0, "systolic_bp": 60.0, "heart_rate": 140.0}
    found = scored(name, dict.fromkeys(SIGNS, np.nan) | two).iloc[0]
    assert found[f"{name}_known"] < PARTS[name]
    assert found[f"{name}_positive"] == 1


@pytest.mark.parametrize("name", ["mews", "qsofa", "sirs"])
def test_it_is_not_negative_while_a_part_is_unknown(name):
    well = {"respiratory_rate": 14.0, "systolic_bp": 120.0, "heart_rate": 80.0}
    well |= {"temperature": 37.0, "gcs": 15.0, "consciousness": 0.0, "leukocytes": 7.0}
    assert scored(name, well)[f"{name}_positive"].item() == 0
    assert np.isnan(scored(name, well | {"respiratory_rate": np.nan})[f"{name}_positive"].item())
