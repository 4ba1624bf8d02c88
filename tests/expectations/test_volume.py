"""Too few rows, too many, nothing for too long: by the source's own history."""

from datetime import timedelta

import pandas as pd
import pytest

from expectations.findings import volume
from tests.expectations.made_up import landing


def days(*read: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": [landing(day).date() for day in range(len(read))],
            "source": "demo-lab",
            "kind": "results",
            "read": read,
            "first_batch_no": range(1, len(read) + 1),
        }
    )


def landed(*hours: float, cadence: float | None = None) -> pd.DataFrame:
    """A batch at each of these hours after the first day's landing."""
    return pd.DataFrame(
        {
            "source": "demo-lab",
            "batch_no": range(1, len(hours) + 1),
            "landed": [landing(0) + timedelta(hours=hour) for hour in hours],
            "cadence_minutes": cadence,
        }
    )


def found(*read: int, until: int | None = None) -> list[dict]:
    end = landing(len(read) if until is None else until)
    return volume.unusual_days(days(*read), landed(0), end)


USUAL = [1000, 1040, 960, 1010, 990, 1100, 900, 1000]


@pytest.mark.parametrize(
    "share, is_unusual",
    [(1.0, False), (0.7, False), (1.6, False), (0.4, True), (0.0, True), (2.5, True)],
)
def test_a_day_is_judged_by_the_days_before(share, is_unusual):
    assert bool(found(*USUAL, int(1000 * share))) == is_unusual


def test_sixty_per_cent_fewer_rows_fail_however_noisy_the_history():
    noisy = [400, 1600, 1000, 700, 1300, 1000, 300, 1700]
    assert found(*noisy, 400)


def test_the_first_bad_batch_and_the_end_are_named():
    (finding,) = found(*USUAL, 300, 200, 1000)
    assert (finding["first_batch_no"], finding["ended"]) == (9, landing(10).replace(hour=0))
    assert finding["size"] == pytest.approx(0.3, abs=0.01)
    assert "300 rows" in finding["words"]


def test_a_day_that_is_not_over_is_not_judged():
    assert not found(*USUAL, 1, until=8)


def test_a_source_without_history_is_not_judged():
    assert not found(1000, 1000, 1)


def test_few_rows_are_not_judged():
    assert not found(*(5, 6, 4, 5, 7, 5, 4, 6), 0)


HOURLY = list(range(48))


def test_a_silence_longer_than_three_usual_gaps_is_told():
    (finding,) = volume.silences(landed(*HOURLY, 51.5, 52), landing(0) + timedelta(hours=53))
    assert (finding["kind"], finding["first_batch_no"]) == ("freshness", 48)
    assert finding["ended"] == landing(0) + timedelta(hours=51.5)


def test_a_silence_of_two_days_that_lasts_is_open():
    (finding,) = volume.silences(landed(*HOURLY), landing(0) + timedelta(hours=96))
    assert (finding["kind"], finding["ended"], finding["size"]) == ("silent_source", None, 49)


def test_a_promised_cadence_gives_more_time():
    gaps = landed(*HOURLY, 51.5, cadence=300)
    assert not volume.silences(gaps, landing(0) + timedelta(hours=52))


def test_a_source_that_comes_now_and_then_may_be_silent_for_longer():
    hours = pd.Series([1, 9, 2, 14, 1, 3, 20, 2, 8, 1, 5, 12]).cumsum()
    assert not volume.silences(landed(*hours), landing(0) + timedelta(hours=int(hours.max()) + 40))


def test_files_that_land_together_are_one():
    together = [hour for hour in range(20) for _ in range(4)]
    assert not volume.silences(landed(*together), landing(0) + timedelta(hours=21))


def test_nothing_after_the_time_given_is_known():
    before = volume.judged_gaps(landed(*HOURLY[:20]), landing(0) + timedelta(hours=20))
    assert before["hours"].iloc[-1] == 1
    assert not before["is_too_long"].any()
