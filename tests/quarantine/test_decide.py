"""Release, fix, reject: what is let in is as if it had been right the first time."""

import json

import pytest

from jobs import microbatch
from jobs.twins import patient_hour
from tests.conftest import NOW
from tests.quarantine.conftest import PATIENT, SPO2, reading, readings
from warehouse import Lake, Settings, decisions
from warehouse.digest import digests
from warehouse.lake import frame


def ledger(lake, source="demo-monitor") -> dict:
    with lake.read() as con:
        row = frame(con, "FROM ops.batch WHERE source = ? ORDER BY batch_no", [source]).iloc[-1]
    return row[["read", "accepted", "quarantined", "duplicate"]].to_dict()


def in_quarantine(lake) -> list[tuple]:
    with lake.read() as con:
        return con.execute(
            "SELECT line, rules, is_rejected FROM quality.quarantine_current ORDER BY line"
        ).fetchall()


def outcomes(lake) -> list[tuple]:
    with lake.read() as con:
        return con.execute(
            "SELECT action, rules, outcome, changed FROM quality.decision ORDER BY line, decided_at"
        ).fetchall()


@pytest.fixture
def one_refused(admitted, take_in):
    take_in("demo-monitor", "a.csv", readings(reading("08:00", 97), reading("09:00", 15)))


def test_a_released_row_is_accepted_though_it_breaks_a_rule_of_plausibility(
    lake, one_refused, decide
):
    assert in_quarantine(lake) == [(2, "value_not_too_low", False)]
    decide("release")
    assert in_quarantine(lake) == []
    assert outcomes(lake) == [("release", "value_not_too_low", "accepted", None)]
    assert ledger(lake) == {"read": 2, "accepted": 2, "quarantined": 0, "duplicate": 0}


def test_the_twin_knows_a_released_value_at_once(lake, one_refused, decide):
    totals = decide("release")
    assert (totals["batches"], totals["accepted"], totals["twins"]) == (1, 1, 1)
    with lake.read() as con:
        assert con.execute("SELECT spo2_last FROM twin.patient_now").fetchone() == (15.0,)


def test_a_released_row_that_cannot_be_read_stays_refused(lake, admitted, take_in, decide):
    take_in("demo-monitor", "a.csv", readings(reading("08:00", "high")))
    decide("release")
    assert in_quarantine(lake) == [(1, "value_readable", False)]
    assert outcomes(lake) == [("release", "value_readable", "still refused", None)]


def test_a_fixed_row_is_judged_with_its_changes(lake, admitted, take_in, decide):
    take_in("demo-monitor", "a.csv", readings(reading("08:00", "9 7")))
    decide("fix", {"value": "97"})
    assert outcomes(lake) == [("fix", "value_readable", "accepted", "value")]
    with lake.read() as con:
        assert con.execute("SELECT value FROM clinical.observation").fetchall() == [(97.0,)]


def test_a_fix_that_does_not_mend_the_row_leaves_it_with_the_rules_it_breaks_now(
    lake, admitted, take_in, decide
):
    take_in("demo-monitor", "a.csv", readings(reading("08:00", "9 7")))
    decide("fix", {"value": "970"})
    assert in_quarantine(lake) == [(1, "value_not_too_high", False)]
    with lake.read() as con:
        failed = con.execute(
            "SELECT rule FROM quality.expectation_result WHERE failed > 0 ORDER BY rule"
        ).fetchall()
    assert failed == [("value_not_too_high",)]


def test_a_rejected_row_is_not_let_in_when_its_patient_arrives(lake, take_in, decide):
    take_in("demo-monitor", "a.csv", readings(reading("08:00", 97)))
    decide("reject")
    take_in("demo-ehr", "Patient.ndjson", PATIENT)
    assert in_quarantine(lake) == [(1, "place_known", True)]


def test_the_later_of_two_decisions_counts_whatever_their_offsets(lake, one_refused, land):
    with lake.read() as con:
        ((batch_id,),) = con.execute("SELECT batch_id FROM quality.quarantine").fetchall()
    same = {"kind": "quarantine", "batch_id": batch_id, "line": 2, "part": 0, "changes": None}
    same |= {"by": "A", "reason": "b"}
    earlier = same | {"action": "reject", "at": "2026-03-01T13:00:00+02:00"}
    later = same | {"action": "release", "at": "2026-03-01T12:30:00+00:00"}
    text = f"{json.dumps(later)}\n{json.dumps(earlier)}\n"
    land("decisions", "quarantine-x.jsonl", text)
    microbatch.drain(lake, now=NOW)
    assert [outcome for _, _, outcome, _ in outcomes(lake)] == ["accepted"]


@pytest.mark.parametrize("action", ["release", "fix"])
def test_what_is_no_row_of_any_table_stays_refused_whatever_is_decided(
    lake, take_in, decide, action
):
    take_in("demo-ehr", "Observation.ndjson", "no JSON\n")
    decide(action, {"value": "97"} if action == "fix" else None)
    assert [outcome for _, _, outcome, _ in outcomes(lake)] == ["still refused"]
    assert in_quarantine(lake) == [(1, "row_readable", False)]


def test_a_line_that_could_not_be_read_is_fixed_by_its_cells(lake, admitted, take_in, decide):
    take_in("demo-monitor", "a.csv", readings("m1,p1"))
    cells = {"device": "m1", "patient": "p1", "time": "2026-03-01T08:00:00Z", "code": SPO2}
    decide("fix", cells | {"value": "97", "unit": "%"})
    assert in_quarantine(lake) == []
    assert ledger(lake)["accepted"] == 1


def test_a_rejected_row_stays_out_and_is_open_no_longer(lake, one_refused, decide):
    decide("reject")
    assert in_quarantine(lake) == [(2, "value_not_too_low", True)]
    assert ledger(lake)["quarantined"] == 1


def test_who_decided_and_why_is_kept_as_ciphertext(lake, one_refused, decide):
    decide("release", by="Nora Quartermain", reason="known to be low")
    with lake.read() as con:
        who, why = con.execute("SELECT decided_by, reason FROM quality.decision").fetchone()
    assert b"Quartermain" not in bytes(who)
    assert (lake.keys.decrypt(who), lake.keys.decrypt(why)) == (
        "Nora Quartermain",
        "known to be low",
    )


def test_the_same_decision_landed_again_changes_nothing(lake, one_refused, decide):
    decide("reject")
    before = outcomes(lake)
    decide("reject")
    assert outcomes(lake) == before


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        '{"kind": "quarantine"}',
        '{"kind": "quarantine", "action": "release", "batch_id": "x", "line": 1, "part": 0, '
        '"changes": null, "by": "A", "reason": "b", "at": "2026-03-01T12:00:00+00:00"}',
        '{"kind": "quarantine", "action": "release", "batch_id": "x", "line": 1, "part": 0, '
        '"changes": null, "by": "A", "reason": "b", "at": "yesterday"}',
        "[]",
        "[" * 100_000,
        '{"kind": "quarantine", "action": [], "by": "A"}',
        '{"kind": "quarantine", "action": "reject", "batch_id": "x", "line": 1'
        + "0" * 30
        + ', "part": 0, "changes": null, "by": "A", "reason": "b", "at": "2026-03-01T12:00:00Z"}',
        '{"kind": "quarantine", "action": "reject", "by": "\\ud800"}',
    ],
)
def test_a_line_that_decides_nothing_is_quarantined_and_the_others_count(
    lake, one_refused, line, land
):
    with lake.read() as con:
        ((batch_id,),) = con.execute("SELECT batch_id FROM quality.quarantine").fetchall()
    good = {"kind": "quarantine", "action": "reject", "batch_id": batch_id, "line": 2, "part": 0}
    good |= {"changes": None, "by": "A", "reason": "b", "at": NOW.isoformat()}
    land("decisions", "quarantine-x.jsonl", f"{line}\n{json.dumps(good)}\n")
    microbatch.drain(lake, now=NOW)
    assert ledger(lake, "decisions") == {
        "read": 2,
        "accepted": 1,
        "quarantined": 1,
        "duplicate": 0,
    }


@pytest.mark.parametrize(
    "odd",
    [
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:00-12:00"},
        {"at": "2026-03-01T12:00:00"},
        {"at": 7},
        {"by": " "},
    ],
)
def test_who_decides_and_when_must_be_told_so_that_it_can_be_kept(lake, one_refused, land, odd):
    with lake.read() as con:
        ((batch_id,),) = con.execute("SELECT batch_id FROM quality.quarantine").fetchall()
    said = {"kind": "quarantine", "action": "reject", "batch_id": batch_id, "line": 2, "part": 0}
    said |= {"changes": None, "by": "A", "reason": "b", "at": NOW.isoformat()}
    land("decisions", "quarantine-x.jsonl", json.dumps(said | odd))
    microbatch.drain(lake, now=NOW)
    assert ledger(lake, "decisions")["quarantined"] == 1
    assert outcomes(lake) == []


@pytest.mark.slow
def test_what_was_released_and_fixed_is_as_if_it_had_been_right_the_first_time(
    lake, land, admitted, take_in, decide, tmp_path
):
    """R-27: equal digests of every clinical and twin table, the hours of the history included."""
    wrong = [reading("08:00", 97), reading("09:00", "9 3"), reading("10:00", 15)]
    take_in("demo-monitor", "a.csv", readings(*wrong, reading("11:00", 96)))
    take_in("demo-monitor", "b.csv", readings(reading("23:00", 95)))
    patient_hour.rebuild(lake)
    decide("fix", {"value": "93"}, rule="value_readable")
    decide("release", rule="value_not_too_low")

    right = Lake.create(
        Settings(var=tmp_path / "right", settle_seconds=0, key_file=lake.settings.keys)
    )
    for folder in ("demo-ehr", "demo-monitor"):
        (right.settings.landing / folder).mkdir(parents=True)
    landing = right.settings.landing
    (landing / "demo-ehr" / "Patient.ndjson").write_text(PATIENT)
    microbatch.drain(right, now=NOW)
    mended = [wrong[0], reading("09:00", 93), wrong[2], reading("11:00", 96)]
    (landing / "demo-monitor" / "a.csv").write_text(readings(*mended))
    microbatch.drain(right, now=NOW)
    with right.read() as con:
        ((batch_id,),) = con.execute("SELECT batch_id FROM quality.quarantine").fetchall()
    line = {"action": "release", "batch_id": batch_id, "line": 3, "part": 0, "changes": None}
    decisions.land(right.settings, "quarantine", [line], "A", "b", NOW)
    microbatch.drain(right, now=NOW)
    (landing / "demo-monitor" / "b.csv").write_text(readings(reading("23:00", 95)))
    microbatch.drain(right, now=NOW)
    patient_hour.rebuild(right)
    with lake.read() as one, right.read() as other:
        assert digests(one, ("clinical", "twin")) == digests(other, ("clinical", "twin"))
