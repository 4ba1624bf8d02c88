from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from dash_app import board
from dash_app.queries import Ward
from tests.dash_app.records import NOW, ago, patients

SICK = {"spo2": 91.0, "heart_rate": 115.0, "oxygen": 1.0}


def ward(*rows: dict, trail=(), alerts=(), before=(), opened=()) -> Ward:
    """The Ward page's frames; `alerts`: (patient_id, cause, level, state, opened)."""
    return Ward(
        patients=patients(*rows),
        trail=_frame(trail, ["patient_id", "time", "risk"]),
        alerts=_frame(alerts, ["patient_id", "cause", "level", "state", "opened"]),
        alerts_before=_frame(before, ["patient_id", "changed", "level"]),
        opened=_frame(opened, ["opened", "ward"]),
        last_export=None,
        is_synthetic=True,
    )


def _frame(rows, columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=columns)
    times = [name for name in columns if name in ("time", "opened", "changed")]
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in times})


def only_row(patient: dict, **frames) -> dict:
    shown = ward(patient, **frames)
    return board.rows(shown, board.seen(shown, NOW, None))[0]


def test_the_worst_stand_first_and_among_equals_the_higher_risk():
    beds = ward(
        {"patient_id": 1, "bed": "calm"},
        {"patient_id": 2, "bed": "unknown", "time": ago(hours=30)},
        {"patient_id": 3, "bed": "sick", **SICK},
        {"patient_id": 4, "bed": "sicker", "risk": 0.4, **SICK},
        {"patient_id": 5, "bed": "no risk", "risk": np.nan, **SICK},
        {"patient_id": 6, "bed": "at risk", "risk": 0.3},
    )
    shown = board.seen(beds, NOW, None)["bed"].tolist()
    assert shown == ["sicker", "sick", "no risk", "at risk", "calm", "unknown"]


def test_a_ward_can_be_chosen():
    beds = ward({"patient_id": 1}, {"patient_id": 2, "ward": "Ward 5A"})
    assert board.seen(beds, NOW, "Ward 5A")["patient_id"].tolist() == [2]
    assert board.wards(beds) == ["Ward 4B", "Ward 5A"]


def test_every_level_is_counted_even_with_nobody_there():
    shown = board.seen(ward({"patient_id": 1}, {"patient_id": 2, **SICK}), NOW, None)
    counts = {"emergency": 1, "urgent": 0, "watch": 0, "routine": 1, "unknown": 0}
    assert board.counts(shown) == counts


def test_a_row_says_who():
    row = only_row({"patient_id": 2**62 + 1})
    assert row["id"] == str(2**62 + 1)
    assert (row["bed"], row["ward"]) == ("Bed 12", "Ward 4B")
    assert (row["initials"], row["age_and_sex"], row["stay"]) == ("A. B.", "72 F", "day 3")


def test_a_patient_without_a_bed_is_named_by_the_ward():
    row = only_row({"bed": None})
    assert (row["bed"], row["ward"]) == ("Ward 4B", "")
    assert only_row({"bed": None, "ward": None})["bed"] == "—"


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ({}, ("0", "")),
        (SICK, ("7", "")),
        ({**SICK, "temperature": None}, ("≥ 7", "6 of 7 signs")),
        ({"time": ago(hours=30)}, ("—", "no sign recent enough")),
    ],
)
def test_an_incomplete_score_is_a_lower_bound_and_a_missing_one_says_why(signs, said):
    row = only_row(signs)
    assert (row["news2"], row["news2_note"]) == said


@pytest.mark.parametrize(
    ("earlier", "known", "trend"), [(4, 7, "↑3"), (7, 7, "→"), (9, 7, "↓2"), (4, 6, "")]
)
def test_a_score_is_compared_only_with_a_complete_earlier_one(earlier, known, trend):
    before = {"earlier_hour": ago(hours=5), "earlier_total": earlier, "earlier_known": known}
    row = only_row(SICK | before)
    assert row["trend"] == trend
    assert row["news2_note"] == (f"{earlier} at 07:00" if trend else "")


def test_the_trail_of_the_risk_is_in_hours_before_now():
    row = only_row({"risk": 0.2}, trail=[(1, ago(hours=12), 0.1), (1, ago(minutes=15), 0.2)])
    assert row["trail"] == [[-12.0, 0.1], [-0.25, 0.2]]
    assert row["risk"] == "20 %"


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"risk": np.nan, "model_id": None}, "not computed"),
        ({"risk": 0.2, "time": ago(hours=13)}, "data too old"),
        ({"risk": np.nan, "is_critical": True}, "critical care"),
        ({"risk": np.nan, "time": pd.NaT}, "no data yet"),
    ],
)
def test_a_missing_risk_says_why_and_is_never_zero(about, why):
    row = only_row(about)
    assert (row["risk"], row["trail"], row["risk_note"]) == ("—", [], why)


def test_the_worst_open_alert_is_shown_and_how_many_more():
    alerts = [
        (1, "risk", "watch", "open", ago(hours=3)),
        (1, "news2_total", "emergency", "open", ago(minutes=6)),
        (1, "news2_single", "watch", "resolved", ago(hours=9)),
    ]
    row = only_row(SICK, alerts=alerts)
    assert (row["alert"], row["alert_note"]) == ("NEWS2 + 1", "open 6 min")


def test_without_an_open_alert_nothing_is_flagged():
    row = only_row({}, alerts=[(1, "risk", "watch", "resolved", ago(hours=3))])
    assert (row["alert"], row["alert_note"]) == ("", "")


@pytest.mark.parametrize(
    ("changed", "levels", "said"),
    [
        (ago(hours=1), ["watch"], "was Watch until 11:00"),
        (ago(hours=1), ["watch", "urgent"], "was Urgent until 11:00"),
        (ago(hours=1), [None], "was Routine until 11:00"),
        (ago(hours=1), ["emergency"], ""),
        (ago(hours=4, minutes=1), ["watch"], ""),
    ],
)
def test_the_level_before_a_change_is_shown_for_four_hours(changed, levels, said):
    before = [(1, changed, level) for level in levels]
    assert only_row(SICK, before=before)["was"] == said


def test_a_live_row_says_how_old_its_data_are_and_a_historical_one_when_they_were():
    assert only_row({})["newest"] == "2 min"
    history = only_row({"is_live": False, "time": ago(days=366), "end_time": ago(days=366)})
    assert (history["newest"], history["newest_note"]) == ("28 Feb 2025", "12:00 +00:00")


def test_alerts_of_today_are_those_since_midnight_on_the_chosen_ward():
    midnight = NOW.replace(hour=0)
    opened = [
        (midnight - timedelta(seconds=1), "Ward 4B"),
        (midnight, "Ward 4B"),
        (ago(hours=1), "Ward 5A"),
        (ago(hours=1), None),
    ]
    beds = ward({}, opened=opened)
    assert board.alerts_today(beds, NOW, None) == 3
    assert board.alerts_today(beds, NOW, "Ward 4B") == 1


def test_an_empty_ward_has_no_rows():
    empty = ward()
    assert board.rows(empty, board.seen(empty, NOW, None)) == []
