"""One reading from file to page: SpO2 84 %, written by a gateway, seen by a clinical lead."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from jobs import microbatch
from tests.dash_app import browsing
from tests.ingest.conftest import ndjson
from tests.ingest.test_batches import encounter, readings
from warehouse import Lake

pytestmark = pytest.mark.chromium

SOON = 20_000  # ms


def instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


@pytest.fixture
def ward(lake, land) -> Lake:
    """A patient in a bed, calm an hour ago."""
    now = datetime.now(UTC)
    admitted = instant(now - timedelta(hours=5))
    land("demo-ehr", "Encounter.ndjson", ndjson(encounter(start=admitted)))
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "gender": "female",
        "birthDate": f"{now.year - 72}-01-02",
        "name": [{"family": "Example", "given": ["Ann"]}],
    }
    land("demo-ehr", "Patient.ndjson", ndjson(patient))
    hour_ago = now - timedelta(hours=1)
    path = land("demo-monitor", "calm.csv", reading_at(hour_ago, 97))
    os.utime(path, (hour_ago.timestamp(),) * 2)
    microbatch.drain(lake, now=now)
    microbatch.drain(lake, now=now)
    return lake


def reading_at(moment: datetime, value: int) -> str:
    return readings({"value": value}).replace("2026-03-01T10:00:00+00:00", instant(moment))


def test_spo2_of_84_in_a_device_file_is_on_the_ward_page_with_its_reason(ward, land):
    with (
        browsing.served(ward.settings.var) as url,
        browsing.chromium() as browser,
        browsing.window(browser) as page,
    ):
        page.goto(url)
        expect(page.locator("body")).to_contain_text("Ward 4B", timeout=SOON)
        expect(page.locator("body")).not_to_contain_text("SpO2 84 %")

        land("demo-monitor", "gateway.csv", reading_at(datetime.now(UTC), 84))
        counts = microbatch.drain(ward, now=datetime.now(UTC))

        assert (counts["accepted"], counts["alerts_opened"]) == (1, 1)
        row = page.locator(".ag-row", has=page.get_by_text("Bed 12", exact=True))
        for said in ("Watch", "SpO2 84 %", "1 of 7 signs"):
            expect(row).to_contain_text(said, timeout=SOON)


def test_184_percent_is_refused_and_changes_nothing_on_the_ward(ward, land):
    land("demo-monitor", "gateway.csv", reading_at(datetime.now(UTC), 184))
    counts = microbatch.drain(ward, now=datetime.now(UTC))
    assert (counts["quarantined"], counts["twins"], counts["alerts_opened"]) == (1, 0, 0)
