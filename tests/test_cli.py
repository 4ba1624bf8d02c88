import json

import pytest
from typer.testing import CliRunner

from jobs import cli
from jobs.cli import app

RUN = CliRunner()


@pytest.fixture
def here(settings, monkeypatch):
    """The command line, pointed at a var of this test's own."""
    monkeypatch.setenv("WARDTWIN_VAR", str(settings.var))
    monkeypatch.setenv("WARDTWIN_SETTLE_SECONDS", "0")


def failure(monkeypatch, capsys, *arguments: str) -> tuple[int, str]:
    """The exit code and the words of a command that fails."""
    monkeypatch.setattr("sys.argv", ["wardtwin", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code, capsys.readouterr().err


def test_help_names_every_step():
    text = RUN.invoke(app, ["--help"]).output
    for step in (
        "init",
        "doctor",
        "demo",
        "simulate",
        "ingest",
        "rebuild",
        "train",
        "digest",
    ):
        assert step in text


def test_without_a_lake_a_command_says_what_to_run(here, monkeypatch, capsys):
    code, words = failure(monkeypatch, capsys, "digest")
    assert code == 1
    assert "wardtwin init" in words
    assert "Traceback" not in words


def test_init_makes_a_lake_and_doing_it_again_is_harmless(here):
    assert RUN.invoke(app, ["init"]).exit_code == 0
    assert RUN.invoke(app, ["init"]).exit_code == 0


def test_digest_of_an_unknown_table_names_the_tables(here, monkeypatch, capsys):
    RUN.invoke(app, ["init"])
    code, words = failure(monkeypatch, capsys, "digest", "clinical.nowhere")
    assert (code, "clinical.observation" in words) == (1, True)


def test_a_refused_file_ends_with_4_and_its_reason(here, settings, land, monkeypatch, capsys):
    RUN.invoke(app, ["init"])
    land("demo-lab", "labs.csv", "")
    code, words = failure(monkeypatch, capsys, "drain")
    assert (code, "the file is empty" in words) == (4, True)


def test_training_without_data_ends_with_3(here):
    RUN.invoke(app, ["init"])
    assert RUN.invoke(app, ["train", "--json"]).exit_code == 3


def test_an_export_is_taken_in_and_counted(here, tmp_path):
    RUN.invoke(app, ["init"])
    (tmp_path / "export" / "hosp").mkdir(parents=True)
    (tmp_path / "export" / "hosp" / "patients.csv").write_text(
        "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod\n1,F,70,2150,2011 - 2013,\n"
    )
    found = json.loads(RUN.invoke(app, ["ingest", str(tmp_path / "export"), "--json"]).stdout)
    assert (found["read"], found["accepted"], found["ignored"]) == (1, 1, [])


def test_doctor_finds_what_is_missing_and_what_is_well(here):
    before = RUN.invoke(app, ["doctor"])
    assert before.exit_code == 1
    assert "run `wardtwin init`" in before.output
    RUN.invoke(app, ["init"])
    after = RUN.invoke(app, ["doctor"]).output
    assert "ok     lake" in after
    assert "ok     ledger: 0 batches, 0 do not reconcile" in after
