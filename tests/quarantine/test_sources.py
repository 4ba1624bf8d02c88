"""A row let in by another batch stays its own source's in every report."""

from datetime import UTC, datetime

from jobs.validation import build
from tests.quarantine.conftest import PATIENT, reading, readings
from warehouse.lake import frame

LATER = datetime(2026, 12, 1, tzinfo=UTC)


def test_released_and_waited_rows_are_told_of_the_monitor(lake, take_in, decide):
    odd = reading("09:10", 5, code="ODD_CODE")
    take_in("demo-monitor", "a.csv", readings(reading("08:00", 97), reading("09:00", 15), odd))
    take_in("demo-ehr", "Patient.ndjson", PATIENT)
    decide("release")
    build.run(lake, now=LATER)
    with lake.read() as con:
        batches = frame(con, "SELECT DISTINCT batch_no, source FROM clinical.observation")
        unmapped = frame(con, "FROM report.unmapped")
        signal = frame(con, "FROM report.signal")
        used = frame(con, "FROM report.funnel").set_index("source")["used"]
    assert (len(batches), set(batches["source"])) == (2, {"demo-monitor"})
    assert unmapped["source"].tolist() == ["demo-monitor"]
    assert set(signal["source"]) == {"demo-monitor"}
    assert used.to_dict() == {"decisions": 0, "demo-ehr": 0, "demo-monitor": 2}
