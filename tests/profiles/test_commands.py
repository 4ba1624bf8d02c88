"""The command line: what is set is said, and a faulty decision is told before it is landed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from warehouse.errors import DecisionIncomplete

SOON = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S")
WORDS = ["--by", "A. Nurse", "--reason", "seen at the bedside"]


@pytest.fixture
def run(settings, admitted, patient, monkeypatch):
    """`wardtwin profile ACTION PATIENT ...`: the lines of its output, each from JSON."""
    monkeypatch.setenv("WARDTWIN_VAR", str(settings.var))

    def command(action: str, *arguments: str) -> list[dict]:
        told = CliRunner().invoke(
            app, ["profile", action, str(patient), *arguments], catch_exceptions=False
        )
        assert told.exit_code == 0, told.output
        return [json.loads(line) for line in told.stdout.splitlines()]

    return command


def test_what_is_set_is_shown_until_it_is_ended(run):
    set_until = ["--until", SOON, *WORDS]
    assert run("limit", "spo2", "--low", "88", *set_until)[0]["accepted"] == 1
    assert run("scale", "2", *set_until)[0]["accepted"] == 1
    found = run("show", "--json")
    assert [(row["concept"], row.get("low"), row["who"]) for row in found] == [
        ("spo2", 88, "A. Nurse"),
        ("spo2_scale", None, "A. Nurse"),
    ]
    assert run("end", "spo2", *WORDS)[0]["accepted"] == 1
    assert [row["concept"] for row in run("show", "--json")] == ["spo2_scale"]


def test_for_people_it_is_a_table(settings, run, patient):
    def shown() -> str:
        return CliRunner().invoke(app, ["profile", "show", str(patient)]).stdout

    assert shown() == "nothing is set for this patient\n"
    run("limit", "spo2", "--low", "88", "--until", SOON, *WORDS)
    assert {"spo2", "88.0", "A.", "Nurse"} <= set(shown().split())


def test_a_trial_is_checked_and_lands_nothing(run, settings):
    (told,) = run("limit", "spo2", "--high", "96", "--until", SOON, *WORDS, "--dry-run")
    assert (told["unit"], told["high"]) == ("%", 96)
    assert not list(settings.landing.glob("decisions/*"))
    assert run("show", "--json") == []


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["limit", "spo3", "--low", "88"], "no concept is called so"),
        (["limit", "spo2", "--low", "8"], "between 20 and 100 %"),
        (["limit", "spo2", "--low", "88", "--unit", "mmHg"], "give the limits in %"),
        (["scale", "1"], "only scale 2 is prescribed"),
    ],
)
def test_a_fault_is_told_and_nothing_is_landed(run, settings, arguments, words):
    with pytest.raises(DecisionIncomplete, match=words):
        run(*arguments, "--until", SOON, *WORDS)
    assert not list(settings.landing.glob("decisions/*"))
