import json
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace

import pandas as pd
import pytest

from jobs.ingest import batch
from jobs.ingest.landing import pending
from warehouse import Lake, Settings
from warehouse.lake import frame

LAB_HEADER = "result_id,patient_id,encounter_id,collected,resulted,test,result,unit"


def lab(**given) -> str:
    """One line of a laboratory export: a normal sodium, but for what a test names."""
    row = {
        "result_id": "r1",
        "patient_id": "p1",
        "encounter_id": "e1",
        "collected": "2026-03-01 08:00:00",
        "resulted": "2026-03-01 09:00:00",
        "test": "NA",
        "result": "140",
        "unit": "mmol/L",
    } | given
    return ",".join(row.values())


def lab_file(*lines: str) -> str:
    return "\n".join([LAB_HEADER, *lines]) + "\n"


def observation(**given) -> dict:
    """One FHIR Observation: a normal heart rate, but for what a test names."""
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "effectiveDateTime": "2026-03-01T08:00:00+00:00",
        "issued": "2026-03-01T08:05:00+00:00",
        "valueQuantity": {"value": 72, "unit": "beats/min", "code": "/min"},
    } | given


def ndjson(*resources) -> str:
    """Lines of NDJSON; a text is taken as it stands."""
    return "".join(
        (text if isinstance(text, str) else json.dumps(text)) + "\n" for text in resources
    )


@pytest.fixture(scope="session")
def judges(tmp_path_factory) -> Lake:
    """A lake to judge with: judging writes nothing, so one serves all tests."""
    return Lake.create(Settings(var=tmp_path_factory.mktemp("judges") / "var"))


def in_frames(judged) -> SimpleNamespace:
    """A judged batch as a test looks at it: accepted and refused rows as frames."""
    refused = [*judged.refused(), pd.DataFrame(columns=["line", "part", "into_table", "rules"])]
    return SimpleNamespace(
        read=judged.read,
        accepted={into: accepted(judged, into) for into in judged.tables},
        refused=pd.concat(refused, ignore_index=True),
        identities=judged.identities,
        results=judged.results,
    )


def accepted(judged, into: str) -> pd.DataFrame:
    return frame(judged.con, f"FROM accepted_{into} ORDER BY line, part")


@pytest.fixture
def judged(judges, settings, land):
    """Land one file and judge it; returns accepted and refused rows."""

    def judge(source: str, name: str, content):
        land(source, name, content)
        (landed,) = pending(settings, [source])
        with closing(batch.judge(judges, landed)) as found:
            return in_frames(found)

    return judge


@pytest.fixture
def judged_lab(judged):
    return lambda *lines: judged("demo-lab", "labs.csv", lab_file(*lines))


@pytest.fixture
def judged_fhir(judged):
    def judge(*resources, kind="Observation"):
        return judged("demo-ehr", f"{kind}.ndjson", ndjson(*resources))

    return judge


@pytest.fixture
def judged_hl7(judged):
    return lambda *messages: judged("hl7v2", "feed.hl7", "".join(messages))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
