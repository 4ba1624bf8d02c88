"""The onset of Sepsis-3 against the rules of Seymour et al. (2016)."""

import pandas as pd
import pytest

from jobs.twins.scores.sepsis3 import sepsis3, suspicions


def at(hour: float) -> pd.Timestamp:
    return pd.Timestamp("2026-03-01", tz="UTC") + pd.Timedelta(hours=hour)


def times(*hours, patient=1) -> pd.DataFrame:
    time = pd.DatetimeIndex([at(hour) for hour in hours], tz="UTC")
    return pd.DataFrame({"patient_id": patient, "time": time}).astype({"patient_id": int})


def totals(of: dict, patient=1) -> pd.DataFrame:
    return times(*of, patient=patient).assign(sofa_total=[float(total) for total in of.values()])


def onset(antibiotics, cultures, sofa, baseline="lowest") -> dict | None:
    found = sepsis3(times(*antibiotics), times(*cultures), totals(sofa), baseline)
    return found.iloc[0].to_dict() if len(found) else None


PAIRS = [
    # antibiotic, culture, suspected at
    (0, 0, 0),
    (72, 0, 0),
    (72.1, 0, None),
    (0, 24, 0),
    (0, 24.1, None),
    (0.5, 0, 0),
    (0, 0.5, 0),
    (5, 2, 2),
    (2, 5, 2),
]


@pytest.mark.parametrize("antibiotic, culture, suspected", PAIRS)
def test_an_antibiotic_and_a_culture_close_together_are_a_suspicion(antibiotic, culture, suspected):
    found = suspicions(times(antibiotic), times(culture))["suspected"].tolist()
    assert found == ([] if suspected is None else [at(suspected)])


def test_one_patients_culture_is_no_suspicion_of_another():
    assert len(suspicions(times(0), times(1, patient=2))) == 0


def test_the_same_suspicion_is_told_once():
    assert len(suspicions(times(3, 4, 5), times(1))) == 1


WINDOW = [(-48.1, False), (-48, True), (0, True), (24, True), (24.1, False)]


@pytest.mark.parametrize("hour, is_onset", WINDOW)
def test_the_rise_counts_from_48_hours_before_to_24_hours_after(hour, is_onset):
    found = onset([0], [0], {hour: 2}, baseline="zero")
    assert (found is not None) == is_onset


@pytest.mark.parametrize("total, is_onset", [(4, False), (5, True), (9, True)])
def test_the_rise_is_of_two_points(total, is_onset):
    found = onset([0], [0], {-1: 3, 0: total})
    assert (found is not None) == is_onset


def test_the_first_hour_of_the_rise_is_the_onset():
    found = onset([1], [0], {-10: 4, -5: 3, -2: 4, 2: 5, 3: 8})
    assert found == {
        "patient_id": 1,
        "suspected": at(0),
        "onset": at(2),
        "sofa_baseline": 3,
        "sofa_total": 5,
    }


def test_the_baseline_is_the_lowest_so_far_and_not_of_what_comes():
    assert onset([0], [0], {-3: 6, -2: 6, 1: 4}) is None


def test_the_baseline_is_of_the_window_only():
    assert onset([0], [0], {-60: 0, -40: 4, 0: 5}) is None


def test_who_comes_ill_has_a_rise_only_above_a_baseline_of_zero():
    assert onset([0], [0], {-1: 6, 0: 6}) is None
    found = onset([0], [0], {-1: 6, 0: 6}, baseline="zero")
    assert (found["onset"], found["sofa_baseline"]) == (at(-1), 0)
    assert onset([0], [0], {-1: 1, 0: 1}, baseline="zero") is None


def test_hours_without_a_total_are_passed_over():
    found = onset([0], [0], {-3: 1, -2: float("nan"), -1: 3})
    assert (found["onset"], found["sofa_baseline"]) == (at(-1), 1)


def test_a_later_suspicion_counts_where_the_first_has_no_rise():
    found = onset([0, 100], [0, 100], {0: 2, 90: 2, 110: 4})
    assert (found["suspected"], found["onset"]) == (at(100), at(110))


def test_the_order_of_rows_does_not_matter():
    sofa = totals({-10: 4, -5: 3, 2: 5, 3: 8})
    shuffled = sofa.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        sepsis3(times(0), times(1), sofa), sepsis3(times(0), times(1), shuffled)
    )


def test_each_patient_has_an_own_row():
    drugs = pd.concat([times(0), times(0, patient=2), times(0, patient=3)])
    cultures = pd.concat([times(0), times(50, patient=2), times(1, patient=3)])
    rise = {-1: 0, 5: 2}
    sofa = pd.concat([totals(rise), totals(rise, patient=2), totals(rise, patient=3)])
    assert sepsis3(drugs, cultures, sofa)["patient_id"].tolist() == [1, 3]


def test_nobody_has_no_onset():
    found = sepsis3(times(), times(), totals({}))
    assert len(found) == 0
    assert list(found) == ["patient_id", "suspected", "onset", "sofa_baseline", "sofa_total"]


def test_a_baseline_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="'median'; there are lowest, zero"):
        onset([0], [0], {0: 2}, baseline="median")
