"""A lake with a few days of one patient, some of whose rows are refused."""

import pytest

from jobs import microbatch
from tests.conftest import NOW
from warehouse import decisions
from warehouse.lake import frame

MONITOR = "device_id,patient,time,sent,code,value,unit"
SPO2 = "MDC_PULS_OXIM_SAT_O2"


def reading(time: str, value, unit: str = "%", code: str = SPO2) -> str:
    return f"m1,p1,2026-03-01T{time}:00Z,2026-03-01T{time}:30Z,{code},{value},{unit}"


def readings(*lines: str) -> str:
    return "\n".join([MONITOR, *lines]) + "\n"


PATIENT = (
    '{"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1950", '
    '"meta": {"lastUpdated": "2026-03-01T07:00:00Z"}}\n'
)


@pytest.fixture
def take_in(lake, land):
    """Land a file and process everything; `at` is the hour at which it landed."""

    def take(source: str, name: str, text: str) -> dict:
        land(source, name, text)
        return microbatch.drain(lake, now=NOW)

    return take


@pytest.fixture
def admitted(take_in):
    take_in("demo-ehr", "Patient.ndjson", PATIENT)


@pytest.fixture
def decide(lake):
    """Decide on every refused row, or on those that broke a rule; returns the drain's totals."""

    def decided(action: str, changes: dict | None = None, rule: str | None = None, **said) -> dict:
        with lake.read() as con:
            rows = frame(con, "FROM quality.quarantine_current ORDER BY batch_no, line, part")
        chosen = rows[rows["rules"].str.contains(rule or "")]
        lines = [
            {"action": action, "changes": changes, **row}
            for row in chosen[["batch_id", "line", "part"]].to_dict("records")
        ]
        said = {"by": "A. Nurse", "reason": "seen at the bedside", "at": NOW} | said
        decisions.land(lake.settings, "quarantine", lines, **said)
        return microbatch.drain(lake, now=NOW, sources=["decisions"])

    return decided
