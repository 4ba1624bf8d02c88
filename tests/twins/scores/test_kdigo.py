"""Stages of acute kidney injury against KDIGO (2012), and no look ahead."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.twins.scores.kdigo import kdigo, kdigo_creatinine, kdigo_urine

UNKNOWN = np.nan


def rows(hours, patient=1, **columns) -> pd.DataFrame:
    time = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(list(hours), unit="h")
    return pd.DataFrame({"patient_id": patient, "time": time.as_unit("us")} | columns)


def creatinine(of: dict, patient=1) -> pd.DataFrame:
    return rows(of, patient, creatinine=[float(value) for value in of.values()])


def urine(of: dict, patient=1, weight=100.0) -> pd.DataFrame:
    volumes = [float(volume) for volume in of.values()]
    return rows(of, patient, urine_output=volumes, weight=weight)


def last_creatinine(of: dict) -> float:
    return kdigo_creatinine(creatinine(of))["kdigo_creatinine"].iloc[-1]


CREATININE = [
    # (hour, value) of each; stage at the last
    ({0: 1.0, 24: 1.29}, 0),
    ({0: 1.0, 24: 1.3}, 1),  # +0.3
    ({0: 0.9, 24: 1.2}, 1),  # +0.3, though in binary a little less
    ({0: 2.0, 48: 2.3}, 1),  # just within 48 hours
    ({0: 2.0, 48.1: 2.3}, 0),
    ({0: 2.0, 72: 2.99}, 0),
    ({0: 2.0, 72: 3.0}, 1),  # 1.5 times
    ({0: 1.1, 72: 1.65}, 1),  # 1.5 times, though in binary a little less
    ({0: 2.0, 168: 3.0}, 1),  # just within 7 days
    ({0: 2.0, 168.1: 3.0}, UNKNOWN),
    ({0: 1.0, 72: 1.99}, 1),
    ({0: 1.0, 72: 2.0}, 2),
    ({0: 1.0, 72: 2.99}, 2),
    ({0: 1.0, 72: 3.0}, 3),
    ({0: 3.7, 24: 3.99}, 0),
    ({0: 3.6, 24: 3.99}, 1),
    ({0: 3.7, 24: 4.0}, 3),  # 4.0, with a rise of 0.3
    ({0: 3.8, 24: 4.0}, 0),  # 4.0, and no injury
    ({0: 2.6, 72: 4.0}, 3),  # 4.0, at 1.5 times
    ({0: 5.0, 24: 5.0}, 0),  # steady
    ({0: 1.0, 10: 0.5, 20: 1.0}, 2),  # the lowest counts, not the last
    ({0: 1.0, 10: 3.0, 20: 1.0}, 0),
    ({0: 0.5, 10: UNKNOWN, 20: 1.0}, 2),
    ({0: 1.0, 10: UNKNOWN}, UNKNOWN),
    ({0: 9.0}, UNKNOWN),
]


@pytest.mark.parametrize("values, stage", CREATININE)
def test_stages_by_creatinine(values, stage):
    np.testing.assert_equal(last_creatinine(values), stage)


def test_a_value_of_the_same_time_is_not_before():
    found = kdigo_creatinine(creatinine({0: 1.0, 5: 1.0}).assign(creatinine=[1.0, 3.0]))
    together = rows([5, 5], creatinine=[1.0, 3.0])
    assert found["kdigo_creatinine"].iloc[1] == 3
    assert kdigo_creatinine(together)["kdigo_creatinine"].isna().all()


def test_the_parts_tell_which_criterion_it_was():
    found = kdigo_creatinine(creatinine({0: 1.0, 1: 1.29, 2: 1.3, 100: 2.0}))
    np.testing.assert_equal(found["kdigo_rise"].to_numpy(), [UNKNOWN, 0, 1, UNKNOWN])
    np.testing.assert_equal(found["kdigo_ratio"].to_numpy(), [UNKNOWN, 0, 0, 2])
    np.testing.assert_equal(found["kdigo_creatinine"].to_numpy(), [UNKNOWN, 0, 1, 2])


def hourly(rate: float, hours: int) -> dict:
    """mL/kg/h for 100 kg, after a row that starts the clock."""
    return {0: 0} | {hour: rate * 100 for hour in range(1, hours + 1)}


URINE = [
    # mL by hour, 100 kg; stage at the last
    (hourly(0.1, 5), UNKNOWN),
    (hourly(0.5, 6), 0),
    (hourly(0.49, 6), 1),
    (hourly(0.49, 11), 1),
    (hourly(0.49, 12), 2),
    (hourly(0.5, 12), 0),
    (hourly(0.0, 11), 1),
    (hourly(0.0, 12), 3),  # anuria
    (hourly(0.01, 12), 2),
    (hourly(0.29, 23), 2),
    (hourly(0.29, 24), 3),
    (hourly(0.3, 24), 2),
    (hourly(0.5, 24), 0),
    ({0: 0, 6: 299}, 1),
    ({0: 0, 6: 300}, 0),
    ({0: 900, 6: 299}, 1),  # the first row only starts the clock
    ({0: 0, 12: 590}, 2),  # spread over its twelve hours
    ({0: 0, 4: 1000, 8: 100, 14: 100}, 1),  # 0.17 of 6 hours, 0.58 of 12
    ({0: 0, 12: 1200, 24: 1200, 36.1: 0}, UNKNOWN),  # longer than 12 hours: not on record
    ({0: 0, 12: 1200, 24: 0}, 3),
    ({0: 0, 3: UNKNOWN, 6: 299}, 1),
    ({0: 0, 6: UNKNOWN}, UNKNOWN),
]


@pytest.mark.parametrize("volumes, stage", URINE)
def test_stages_by_urine(volumes, stage):
    np.testing.assert_equal(kdigo_urine(urine(volumes))["kdigo_urine"].iloc[-1], stage)


def test_after_a_gap_the_record_starts_anew():
    volumes = {0: 0, 6: 600, 30: 0, 36: 100}
    found = kdigo_urine(urine(volumes))["kdigo_urine"].to_numpy()
    np.testing.assert_equal(found, [UNKNOWN, 0, UNKNOWN, 1])


def test_urine_of_one_time_is_added_up():
    twice = pd.concat([urine(hourly(0.25, 6)), urine(hourly(0.25, 6))])
    assert kdigo_urine(twice)["kdigo_urine"].iloc[-1] == 0


def test_without_a_weight_there_is_no_stage():
    assert kdigo_urine(urine(hourly(0.0, 24), weight=UNKNOWN))["kdigo_urine"].isna().all()


def test_the_weight_is_the_rows_own():
    found = kdigo_urine(urine({0: 0, 6: 300, 12: 300}).assign(weight=[100, 100, 101]))
    np.testing.assert_equal(found["kdigo_urine"].to_numpy(), [UNKNOWN, 0, 2])


@pytest.mark.parametrize("rate, stages", [(0.29, [1, 2, 3]), (0.3, [1, 2, 0]), (0.5, [0, 0, 0])])
def test_the_windows_are_told_apart(rate, stages):
    found = kdigo_urine(urine(hourly(rate, 24))).iloc[-1]
    assert [found[f"kdigo_urine_{hours}h"] for hours in (6, 12, 24)] == stages
    assert found["kdigo_urine"] == max(stages)


def test_both_together_give_the_higher_stage():
    found = kdigo(creatinine({0: 1.0, 6: 2.0, 9: 1.0}), urine(hourly(0.49, 6)))
    at_six = found[found["time"] == found["time"].min() + pd.Timedelta(hours=6)].iloc[0]
    assert (at_six["kdigo_creatinine"], at_six["kdigo_urine"]) == (2, 1)
    assert (at_six["kdigo_known"], at_six["kdigo_stage"]) == (2, 2)
    last = found.iloc[-1]
    assert (last["kdigo_known"], last["kdigo_stage"]) == (1, 0)
    assert np.isnan(found.iloc[0]["kdigo_stage"])
    assert len(found) == 8


def test_one_patient_says_nothing_of_another():
    both = pd.concat([creatinine({0: 1.0, 10: 1.1}), creatinine({5: 3.0, 12: 3.0}, patient=2)])
    np.testing.assert_equal(
        kdigo_creatinine(both)["kdigo_creatinine"].to_numpy(), [UNKNOWN, 0, UNKNOWN, 0]
    )
    both = pd.concat([urine(hourly(1.0, 6)), urine(hourly(0.1, 6), patient=2)])
    assert kdigo_urine(both)["kdigo_urine"].to_numpy()[[6, 13]].tolist() == [0, 1]


def test_nobody_has_no_stage():
    none = kdigo(creatinine({}), urine({}))
    assert len(none) == 0
    assert list(none)[2:] == ["kdigo_creatinine", "kdigo_urine", "kdigo_known", "kdigo_stage"]


def test_rows_keep_their_index():
    values = creatinine({5: 2.0, 0: 1.0}).set_axis([7, 3])
    assert kdigo_creatinine(values)["kdigo_creatinine"].loc[7] == 2
    volumes = urine({6: 100, 0: 0}).set_axis([7, 3])
    assert kdigo_urine(volumes)["kdigo_urine"].loc[7] == 1


measured = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.integers(0, 400),
        st.one_of(st.none(), st.integers(0, 500)),
    ),
    min_size=1,
    max_size=25,
)


def frames(found: list) -> tuple[pd.DataFrame, pd.DataFrame]:
    patient, hours, value = zip(*found, strict=True)
    value = np.array(value, dtype=float)
    base = rows([hour / 2 for hour in hours], list(patient))
    return base.assign(creatinine=value / 50 + 0.1), base.assign(urine_output=value, weight=80.0)


def staged(values: pd.DataFrame, volumes: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    return kdigo_creatinine(values), kdigo_urine(volumes)


@settings(max_examples=25, deadline=None)
@given(measured, st.integers(0, 400))
def test_what_comes_later_changes_nothing_before(found, cut):
    before = [row for row in found if row[1] <= cut]
    if not before:
        return
    later = [row for row in found if row[1] > cut]
    known, grown = frames(before), frames(before + later)
    for then, now in zip(staged(*known), staged(*grown), strict=True):
        pd.testing.assert_frame_equal(then, now.iloc[: len(before)])


@settings(max_examples=15, deadline=None)
@given(measured, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(found, random):
    values, volumes = frames(found)
    order = random.sample(range(len(found)), len(found))
    for whole, shuffled in zip(
        staged(values, volumes), staged(values.iloc[order], volumes.iloc[order]), strict=True
    ):
        pd.testing.assert_frame_equal(whole.iloc[order], shuffled)


@settings(max_examples=25, deadline=None)
@given(measured)
def test_creatinine_agrees_with_the_definition_row_by_row(found):
    values, _ = frames(found)
    stages = kdigo_creatinine(values)["kdigo_creatinine"].to_numpy()
    np.testing.assert_equal(stages, [_by_definition(values, row) for row in range(len(values))])


def _by_definition(values: pd.DataFrame, row: int) -> float:
    now, time = values["creatinine"].iloc[row], values["time"].iloc[row]
    before = values[values["patient_id"] == values["patient_id"].iloc[row]]
    before = before[before["time"] < time].dropna()
    two_days = before[before["time"] >= time - pd.Timedelta(hours=48)]["creatinine"]
    week = before[before["time"] >= time - pd.Timedelta(days=7)]["creatinine"]
    if np.isnan(now) or week.empty:
        return np.nan
    ratio = round(now / week.min(), 6)
    has_risen = bool(round(now - two_days.min(), 6) >= 0.3)
    stage = 3 if ratio >= 3 else 2 if ratio >= 2 else 1 if ratio >= 1.5 or has_risen else 0
    return 3 if stage and now >= 4.0 else stage
