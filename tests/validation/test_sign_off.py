"""Who signed what, when, and whether it still holds."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from expectations import report
from jobs import microbatch
from jobs.validation import build, sign_off
from tests.conftest import NOW
from tests.expectations.made_up import add, batch, landing, ledger, observations, source
from warehouse.errors import ContractBroken, DecisionIncomplete
from warehouse.lake import frame, sql

ASKED = datetime(2026, 4, 1, 6, tzinfo=UTC)
ANSWERED = {
    "chosen_options": ["Approve"],
    "params_input": {},
    "responded_at": ASKED + timedelta(hours=3),
    "responded_by_user": {"id": "7", "name": "Q. Reader"},
}


@pytest.fixture
def prepared(lake):
    source(lake)
    ledger(lake, *(batch(day + 1, day) for day in range(3)))
    add(lake, "clinical.observation", *(observations([90] * 6, d + 1, d) for d in range(3)))
    return sign_off.prepare(lake, "", now=ASKED)


def answer(lake, prepared, **given) -> list[dict]:
    sign_off.answer(lake, prepared, ANSWERED | given)
    microbatch.drain(lake, now=NOW, sources=["decisions"])
    return signed(lake)


def signed(lake) -> list[dict]:
    with lake.read() as con:
        return frame(con, "FROM quality.sign_off ORDER BY time").to_dict("records")


def test_the_month_before_is_what_is_signed(prepared):
    assert prepared["period"] == "2026-03"
    assert (prepared["batches"], prepared["read"]) == (3, 300)


def test_the_question_shows_the_counts_their_hash_and_where_the_report_is_served(lake, prepared):
    question = prepared["question"]
    assert "| read | 300 |" in question
    assert "| refused batches | 0 |" in question
    assert prepared["data_hash"] in question
    assert f"({lake.settings.pages_url}/reports/validation-2026-03.html)" in question


def test_an_approval_is_recorded_with_who_when_and_what_they_saw(lake, prepared):
    (found,) = answer(lake, prepared)
    assert (found["period"], found["decision"]) == ("2026-03", "approved")
    assert found["data_hash"] == prepared["data_hash"]
    assert lake.keys.unveil(found["who"]) == "Q. Reader"
    assert found["time"] == ANSWERED["responded_at"]
    assert json.loads(found["saw"])["read"] == 300


def test_a_rejection_is_recorded_too(lake, prepared):
    (found,) = answer(lake, prepared, chosen_options=["Reject"])
    assert found["decision"] == "rejected"


def test_what_lands_while_the_report_is_written_voids_the_sign_off(lake, monkeypatch):
    source(lake)
    ledger(lake, batch(1, 0))
    built = build.run

    def slow(lake, **given):
        built(lake, **given)
        ledger(lake, batch(2, 1))

    monkeypatch.setattr(build, "run", slow)
    prepared = sign_off.prepare(lake, "2026-03", now=ASKED)
    assert prepared["batches"] == 1
    answer(lake, prepared)
    built(lake, now=ASKED)
    assert void(lake) == [True]


def test_answered_twice_is_recorded_once(lake, prepared):
    answer(lake, prepared)
    assert len(answer(lake, prepared)) == 1


def test_signing_does_not_change_what_was_signed(lake, prepared):
    answer(lake, prepared)
    with lake.read() as con:
        assert report.data_hash(con, report.Month.named("2026-03")) == prepared["data_hash"]


def test_a_line_that_says_nothing_is_quarantined(lake, land):
    land("decisions", "sign_off-x.jsonl", '{"kind": "sign_off", "action": "approve"}\n')
    done = microbatch.drain(lake, now=NOW, sources=["decisions"])
    assert (done["read"], done["quarantined"]) == (1, 1)
    assert signed(lake) == []


ODD = [
    {"action": []},
    {"action": "release"},
    {"by": "\ud800"},
    {"by": " "},
    {"data_hash": "\udfff"},
    {"data_hash": 7},
    {"saw": {"read": "many"}},
    {"saw": []},
    {"at": "2026-04-01T09:00:00"},
    {"at": "9999-12-31T23:59:00-12:00"},
    {"period": []},
    {"period": "last month"},
    {"period": "0000-01"},
    {"period": "9999-12"},
    {"period": "2026-99"},
    {"period": "2026-1"},
    {"period": "2026-03\n"},
]


def test_lines_that_cannot_be_kept_are_quarantined_and_the_others_count(lake, prepared, land):
    said = {"kind": "sign_off", "action": "approve", "period": "2026-03", "saw": {}}
    said |= {"data_hash": prepared["data_hash"], "by": "Q. Reader", "at": f"{ASKED}"}
    lines = [json.dumps(said | odd) for odd in ({}, *ODD)]
    land("decisions", "sign_off-x.jsonl", "\n".join(lines) + "\n")
    done = microbatch.drain(lake, now=NOW, sources=["decisions"])
    assert (done["read"], done["quarantined"], done["accepted"]) == (len(lines), len(ODD), 1)
    assert [one["period"] for one in signed(lake)] == ["2026-03"]
    build.run(lake, now=ASKED)


def test_nobody_signs_without_a_name(lake, prepared):
    with pytest.raises(DecisionIncomplete, match="your name"):
        sign_off.answer(lake, prepared, ANSWERED | {"responded_by_user": {"id": "", "name": " "}})


def test_an_empty_decision_is_a_broken_file(lake, land):
    land("decisions", "sign_off-x.jsonl", "\n")
    with pytest.raises(ContractBroken):
        microbatch.drain(lake, now=NOW, sources=["decisions"])


def test_the_report_tells_who_signed(lake, prepared, tmp_path):
    answer(lake, prepared)
    report.write(lake, report.Month.named("2026-03"), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "Q. Reader" in page
    assert landing(0).strftime("%Y-%m") in page


def test_pages_are_told_whether_a_sign_off_still_holds(lake, prepared):
    answer(lake, prepared)
    assert void(lake) == [False]
    build.run(lake, now=ASKED)
    assert void(lake) == [False]
    add(lake, "clinical.observation", observations([91], 1, 0))
    build.run(lake, now=ASKED)
    assert void(lake) == [True]


def test_stored_months_that_are_none_stop_no_report(lake, prepared, tmp_path):
    answer(lake, prepared)
    with lake.write("an older validator") as con:
        con.execute(
            "INSERT INTO quality.sign_off SELECT s.* REPLACE (odd AS period) "
            "FROM quality.sign_off AS s, "
            "unnest(['last month', '0000-01', '9999-12', '2026-99']) AS o(odd)"
        )
        con.execute("DELETE FROM quality.sign_off WHERE period = '2026-03'")
    build.run(lake, now=ASKED)
    assert void(lake) == [None] * 4
    report.write(lake, report.Month.named("2026-03"), tmp_path / "report.html")
    assert "void: the data have changed since" in (tmp_path / "report.html").read_text()


def void(lake) -> list:
    with lake.read() as con:
        return [row[-1] for row in con.execute(sql("quality_sign_offs")).fetchall()]
