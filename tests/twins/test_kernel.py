"""The compiled kernel against the same definitions in plain pandas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.twins import kernel
from jobs.twins.kernel import HOUR, STATISTICS
from jobs.twins.order import in_order

NEVER = np.iinfo(np.int64).max
WINDOWS = np.array([1, 6, 24])
MINUTE = HOUR // 60


def rows_of(readings: list[tuple]) -> pd.DataFrame:
    """Readings (minute, arrived, superseded or None, value), in order of time and of the list."""
    frame = pd.DataFrame(readings, columns=["time", "arrived", "superseded", "value"])
    frame = frame.astype({"value": float}).sort_values("time", kind="stable")
    for name in ("time", "arrived"):
        frame[name] = frame[name].astype("int64") * MINUTE
    superseded = frame["superseded"].astype(float)
    frame["superseded"] = [NEVER if np.isnan(x) else int(x) * MINUTE for x in superseded]
    return frame


def arrays(frame: pd.DataFrame) -> list[np.ndarray]:
    return [frame[name].to_numpy() for name in ("time", "arrived", "superseded", "value")]


def whole(frame: pd.DataFrame, instants: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All rows belong to the patient of every instant."""
    return np.zeros(len(instants), int), np.full(len(instants), len(frame))


def statistics(readings: list[tuple], *minutes: int, windows=WINDOWS) -> np.ndarray:
    frame, instants = rows_of(readings), np.array(minutes) * MINUTE
    return kernel.window_statistics(*arrays(frame), *whole(frame, instants), instants, windows)


def latest(readings: list[tuple], minute: int, hours: int = 72) -> float | None:
    frame, instants = rows_of(readings), np.array([minute]) * MINUTE
    *known, value = arrays(frame)
    row = kernel.latest(*known, *whole(frame, instants), instants, hours)[0]
    return value[row] if row >= 0 else None


def oracle(readings: list[tuple], minute: int, hours: int) -> list[float]:
    """The definitions as features.csv words them."""
    frame, t = rows_of(readings), minute * MINUTE
    known = (frame["arrived"] <= t) & (t < frame["superseded"])
    inside = (frame["time"] > t - hours * HOUR) & (frame["time"] <= t)
    kept = frame[known & inside]
    value, hour = kept["value"], kept["time"] / HOUR
    slope = np.nan
    if hour.nunique() > 1:
        slope = np.polyfit(hour - hour.mean(), value, 1)[0]
    return [len(kept), value.mean(), value.min(), value.max(), value.std(), slope]


a_reading = st.tuples(
    st.integers(0, 3000),
    st.integers(0, 3100),
    st.none() | st.integers(0, 3100),
    st.integers(200, 2000).map(lambda tenths: tenths / 10),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(a_reading, max_size=30), st.integers(0, 3100))
def test_the_statistics_are_those_of_plain_pandas(readings, minute):
    found = statistics(readings, minute)
    for w, hours in enumerate(WINDOWS):
        wanted = oracle(readings, minute, hours)
        np.testing.assert_allclose(found[w, :, 0], wanted, rtol=1e-9, atol=1e-7)


@settings(max_examples=150, deadline=None)
@given(st.lists(a_reading, max_size=30), st.integers(0, 3000), st.lists(a_reading, max_size=10))
def test_what_arrives_later_changes_nothing(readings, minute, later):
    later = [(time, minute + 1 + arrived, gone, value) for time, arrived, gone, value in later]
    np.testing.assert_array_equal(
        statistics(readings, minute), statistics(readings + later, minute)
    )
    assert latest(readings, minute) == latest(readings + later, minute)


@settings(max_examples=50, deadline=None)
@given(st.lists(a_reading, max_size=30), st.lists(st.integers(0, 3100), min_size=2, max_size=9))
def test_one_instant_alone_gives_the_same_bits_as_among_others(readings, minutes):
    together = statistics(readings, *minutes)
    alone = np.concatenate([statistics(readings, minute) for minute in minutes], axis=2)
    np.testing.assert_array_equal(together, alone)


def one(name: str, readings: list[tuple], minute: int, hours: int = 1) -> float:
    found = statistics(readings, minute, windows=np.array([hours]))
    return found[0, STATISTICS.index(name), 0]


@pytest.mark.parametrize("time, counts", [(0, 0), (1, 1), (60, 1), (61, 0)])
def test_a_window_is_open_at_its_start_and_closed_at_its_end(time, counts):
    assert one("n", [(time, 0, None, 5)], 60) == counts


@pytest.mark.parametrize("arrived, counts", [(59, 1), (60, 1), (61, 0)])
def test_a_value_counts_once_it_has_arrived(arrived, counts):
    assert one("n", [(30, arrived, None, 5)], 60) == counts


@pytest.mark.parametrize("superseded, counts", [(59, 0), (60, 0), (61, 1)])
def test_a_version_counts_until_the_next_arrives(superseded, counts):
    assert one("n", [(30, 30, superseded, 5)], 60) == counts


def test_equal_values_have_no_spread_at_all():
    readings = [(minute, 0, None, 36.6) for minute in range(10, 60, 7)]
    assert one("sd", readings, 60) == 0
    assert one("slope", readings, 60) == 0
    assert one("mean", readings, 60) == 36.6


def test_a_small_spread_on_a_large_value_is_kept():
    readings = [(10, 0, None, 1e8), (20, 0, None, 1e8 + 1), (30, 0, None, 1e8 + 2)]
    assert one("sd", readings, 60) == 1


def test_one_value_has_a_mean_but_neither_spread_nor_slope():
    assert one("mean", [(30, 0, None, 5)], 60) == 5
    assert np.isnan(one("sd", [(30, 0, None, 5)], 60))
    assert np.isnan(one("slope", [(30, 0, None, 5)], 60))


def test_two_values_of_one_time_have_a_spread_but_no_slope():
    readings = [(30, 0, None, 0.1), (30, 0, None, 0.3), (30, 0, None, 0.2)]
    assert one("sd", readings, 60) == pytest.approx(0.1)
    assert np.isnan(one("slope", readings, 60))


def test_the_slope_is_per_hour():
    assert one("slope", [(30, 0, None, 5), (60, 0, None, 7)], 60) == pytest.approx(4)


def test_no_values_are_counted_as_none_and_tell_nothing():
    found = statistics([], 60, windows=np.array([1]))[0, :, 0]
    np.testing.assert_array_equal(found, [0, *[np.nan] * 5])


def test_of_equal_times_the_last_row_is_the_latest():
    assert latest([(30, 0, None, 5), (30, 0, None, 6)], 60) == 6


def test_the_latest_is_the_latest_known():
    assert latest([(30, 0, None, 5), (40, 61, None, 6), (50, 0, 55, 7)], 60) == 5


@pytest.mark.parametrize("minute, value", [(72 * 60 - 1, 5), (72 * 60, None)])
def test_the_latest_value_ages(minute, value):
    assert latest([(0, 0, None, 5)], minute) == value


some_rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(0, 2**64 - 1)), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(some_rows)
def test_rows_are_put_in_order_of_owner_time_and_identity(rows):
    kinds = {"owner": "uint32", "time": "int64", "identity": "uint64"}
    frame = pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
    row, start = in_order(*(frame[name].to_numpy() for name in kinds), 5)
    wanted = frame.sort_values(list(kinds), ignore_index=True)
    pd.testing.assert_frame_equal(frame.iloc[row].reset_index(drop=True), wanted)
    assert list(np.diff(start)) == [(frame["owner"] == owner).sum() for owner in range(5)]
