"""`wardtwin export`, by hand."""

import json

import pytest
from typer.testing import CliRunner

from jobs.cli import app

RUN = CliRunner()


@pytest.fixture
def here(lake, settings, monkeypatch):
    """The command line, pointed at a lake of this test's own."""
    monkeypatch.setenv("WARDTWIN_VAR", str(settings.var))


def test_a_dataset_is_written_and_counted(here, tmp_path):
    found = RUN.invoke(app, ["export", "meds", str(tmp_path / "out"), "--as-of", "2026-03-01"])
    assert json.loads(found.output) == {"files": 0, "events": 0, "codes": 0, "subjects": 0}
    assert (tmp_path / "out" / "metadata" / "dataset.json").exists()


@pytest.mark.parametrize("kind", ["patient", "device"])
def test_a_schema_needs_no_lake(kind):
    found = json.loads(RUN.invoke(app, ["export", "schema", kind]).output)
    assert found["$id"].startswith(f"urn:wardtwin:schema:{kind}-twin:")


@pytest.mark.parametrize(
    "arguments",
    [
        ["schema", "bed"],
        ["twin"],
        ["twin", "--patient", "1", "--device", "2"],
        ["twin", "--device", "2", "--at", "2026-03-01"],
    ],
)
def test_what_cannot_be_meant_is_a_mistake_of_use(arguments):
    assert RUN.invoke(app, ["export", *arguments]).exit_code == 2


@pytest.mark.parametrize(
    "arguments", [["twin", "--patient", "1"], ["twin", "--device", "1"], ["fhir", "--patient", "1"]]
)
def test_a_number_that_nobody_has_is_said_to_have_no_twin(here, arguments):
    assert "no twin" in str(RUN.invoke(app, ["export", *arguments]).exception)
