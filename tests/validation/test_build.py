"""The tables of the report, built from the lake as a job does it."""

import re
from datetime import timedelta

from typer.testing import CliRunner

from jobs.validation import build
from jobs.validation.commands import quality_app
from tests.expectations.made_up import add, batch, landing, ledger, observations, source
from warehouse.lake import frame

CANARY = "Canary-Zwicky"


def filled(lake) -> None:
    source(lake)
    ledger(lake, *(batch(day + 1, day) for day in range(12)))
    add(lake, "clinical.observation", *(observations([90] * 6, d + 1, d) for d in range(12)))


def test_every_table_is_made_for_the_time_given(lake):
    filled(lake)
    counts = build.run(lake, now=landing(5))
    with lake.read() as con:
        built = frame(con, "FROM report.built")
        days = frame(con, "SELECT DISTINCT day FROM report.signal")
    assert built["batch_no"].tolist() == [6]
    assert len(days) == counts["signal"] == 6


def test_what_stays_silent_is_open_only_after_its_time(lake):
    filled(lake)
    build.run(lake, now=landing(12))
    assert silences(lake) == []
    build.run(lake, now=landing(11) + timedelta(days=4))
    assert silences(lake) == ["open"]


def silences(lake) -> list[str]:
    with lake.read() as con:
        query = "SELECT state FROM report.finding WHERE kind = 'silent_source'"
        return frame(con, query)["state"].tolist()


def test_the_report_is_one_command_and_holds_no_name(lake, monkeypatch, tmp_path):
    filled(lake)
    named = observations([90], 12, 11, source_text=[lake.keys.encrypt(CANARY)], value=None)
    veiled = observations([90], 12, 11, None, source_code=lake.keys.veil(f"Mrs {CANARY}, bed 7"))
    add(lake, "clinical.observation", named, veiled)
    monkeypatch.setenv("WARDTWIN_VAR", str(lake.settings.var))
    done = CliRunner().invoke(quality_app, ["report", "--month", "2026-03", "--json"])
    assert done.exit_code == 0, done.output
    (page,) = (lake.settings.var / "reports").glob("*.html")
    text = page.read_text() + done.output
    assert CANARY not in text
    assert not re.search("<script|https?://", text)
