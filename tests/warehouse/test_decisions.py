import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from warehouse import decisions
from warehouse.errors import DecisionIncomplete

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def row(**about) -> dict:
    return {"action": "release", "batch_id": "b1", "line": 7, "part": 0, "changes": None} | about


def land(settings, *rows, kind="quarantine", by="Ada Quality", reason="known patient", at=AT):
    return decisions.land(settings, kind, rows, by, reason, at)


def test_a_decision_is_a_file_in_landing_with_a_json_object_per_row(settings):
    path = land(settings, row(), row(line=8, action="fix", changes={"unit": "[degF]"}))
    assert path.parent == settings.landing / "decisions"
    first, second = map(json.loads, path.read_text().splitlines())
    assert first == {
        "kind": "quarantine", "action": "release", "batch_id": "b1", "line": 7, "part": 0,
        "changes": None, "by": "Ada Quality", "reason": "known patient",
        "at": "2026-03-01T12:00:00+00:00",
    }  # fmt: skip
    assert (second["line"], second["changes"]) == (8, {"unit": "[degF]"})


def test_only_its_owner_can_read_it_and_nothing_half_written_stays(settings):
    path = land(settings, row())
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_the_same_decision_twice_is_one_file(settings):
    assert land(settings, row()) == land(settings, row())
    assert len(decisions.pending(settings, "quarantine")) == 1


def test_time_is_written_in_utc(settings):
    path = land(settings, row(), at=AT.astimezone(timezone(timedelta(hours=2))))
    assert json.loads(path.read_text())["at"] == "2026-03-01T12:00:00+00:00"
    assert "20260301T120000Z" in path.name


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"by": "  "}, "your name"),
        ({"reason": ""}, "a reason"),
        ({"rows": []}, "no row is chosen"),
        ({"rows": [row(action="forget")]}, "'forget' cannot be decided"),
        ({"rows": [row(action="fix")]}, "at least one change"),
        ({"rows": [row(action="fix", changes={})]}, "at least one change"),
        ({"rows": [row(changes={"unit": "x"})]}, "only fix takes changes"),
        ({"kind": "weather"}, "cannot be decided"),
    ],
)
def test_an_incomplete_decision_lands_nothing_and_says_what_is_missing(settings, about, said):
    rows = about.pop("rows", [row()])
    with pytest.raises(DecisionIncomplete, match=said):
        land(settings, *rows, **about)
    assert decisions.pending(settings, "quarantine") == []


def test_pending_are_the_rows_of_finished_files_in_the_order_they_were_landed(settings):
    land(settings, row(line=2), at=AT + timedelta(minutes=1))
    path = land(settings, row(line=1))
    path.with_name(".quarantine-x.jsonl").write_text("half a line")
    path.with_name("quarantine-x.jsonl.part").write_text("half a line")
    assert [line["line"] for line in decisions.pending(settings, "quarantine")] == [1, 2]


def test_only_decisions_of_the_kind_asked_for_are_pending(settings):
    land(settings, row())
    assert decisions.pending(settings, "alert") == []


def test_before_any_decision_none_is_pending(settings):
    assert decisions.pending(settings, "quarantine") == []
