"""Thirty days of a synthetic hospital with five planted faults: each is found, and named."""

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from jobs import microbatch
from jobs.ingest import ledger, waiting
from jobs.ingest.batch import judge
from jobs.ingest.landing import Landed, pending
from jobs.simulate import daily, faults
from jobs.validation import build
from warehouse import Lake, Settings
from warehouse.lake import frame

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("WARDTWIN_LONG" not in os.environ, reason="minutes: set WARDTWIN_LONG=1"),
]

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 30
WORLD = {"seed": 4, "patients": 300, "days": DAYS, "until": UNTIL, "beds": 6}
PLAN = faults.Plan.over(UNTIL - timedelta(days=DAYS), DAYS)


def found(folder, has_faults: bool) -> tuple[Lake, dict]:
    """The lake that has taken the history in, and its findings by kind."""
    lake = Lake.create(Settings(var=folder / "var", settle_seconds=0))
    daily.write_days(lake.settings.landing, has_faults=has_faults, **WORLD)
    for landed in pending(lake.settings):
        take_in(lake, landed)
    build.run(lake, now=UNTIL)
    with lake.read() as con:
        findings = frame(con, "FROM report.finding")
    return lake, {kind: rows for kind, rows in findings.groupby("kind")}


def take_in(lake: Lake, landed: Landed) -> None:
    """As `microbatch.process` does, but for twins and alerts: they take most of the time."""
    batch = {"batch_id": landed.batch_id, "kind": landed.file.kind, "state": "committed"}
    batch |= {"source": landed.source.name, "landed": landed.landed, "processed": UNTIL, "bytes": 1}
    with closing(judge(lake, landed)) as judged, lake.write("a file") as con:
        batch["batch_no"] = number = ledger.next_number(con)
        added = microbatch.commit(con, lake=lake, source=landed.source, judged=judged, batch=batch)
        ledger.register_source(con, landed.source)
        ledger.enter(con, batch)
        waiting.release(con, lake, landed.source, added, number)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return found(tmp_path_factory.mktemp("faulty"), has_faults=True)


FIRST_BAD = [
    ("unit_switch", "demo-lab", PLAN.unit_switch, {"concept": "urea_nitrogen"}),
    ("code_renamed", "demo-lab", PLAN.code_renamed, {"concept": "potassium", "code": "KALIUM"}),
    ("firmware_bias", "demo-monitor", PLAN.firmware_bias, {"firmware": "Vista 2.0"}),
    ("duplicate_feed", "demo-gateway", PLAN.duplicate_feed, {}),
]


@pytest.mark.parametrize("kind, source, since, about", FIRST_BAD)
def test_a_fault_is_found_with_its_first_bad_batch(faulty, kind, source, since, about):
    lake, findings = faulty
    (row,) = findings[kind].query("source == @source").to_dict("records")
    assert row.items() >= ({"source": source, "state": "open"} | about).items()
    assert row["first_batch_no"] == first_batch_after(lake, source, since + timedelta(hours=1))


def test_the_silence_is_found_with_the_last_batch_before_it(faulty):
    lake, findings = faulty
    (row,) = findings["silent_source"].to_dict("records")
    after = first_batch_after(lake, "demo-lab", PLAN.silent_source + timedelta(hours=1))
    assert (row["source"], row["state"]) == ("demo-lab", "closed")
    assert 48 <= row["size"] <= 54
    assert row["first_batch_no"] < after
    assert row["first_batch_no"] == last_batch_by(lake, "demo-lab", PLAN.silent_source)


def test_unlabelled_fahrenheit_is_refused_by_the_gate_and_named(faulty):
    lake, findings = faulty
    (row,) = findings["unit_switch"].query("source == 'demo-monitor'").to_dict("records")
    assert row["first_batch_no"] == first_batch_after(
        lake, "demo-monitor", PLAN.fever + timedelta(hours=1)
    )
    assert (row["measure"], row["state"]) == ("rows", "closed")


def test_a_history_without_faults_has_none_of_them(tmp_path_factory):
    _, findings = found(tmp_path_factory.mktemp("clean"), has_faults=False)
    kinds = {"unit_switch", "silent_source", "firmware_bias", "code_renamed", "duplicate_feed"}
    assert not kinds & set(findings)


def first_batch_after(lake: Lake, source: str, time: datetime) -> int:
    return _batch(lake, "min(batch_no)", "landed > ?", source, time)


def last_batch_by(lake: Lake, source: str, time: datetime) -> int:
    return _batch(lake, "max(batch_no)", "landed <= ?", source, time + timedelta(hours=1))


def _batch(lake: Lake, which: str, when: str, source: str, time: datetime) -> int:
    query = f"SELECT {which} FROM ops.batch WHERE source = ? AND kind <> 'devices' AND {when}"
    with lake.read() as con:
        return con.execute(query, [source, time]).fetchone()[0]
