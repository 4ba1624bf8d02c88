"""A history that lands file by file, and the faults planted into it."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from jobs.ingest import landing
from jobs.simulate import daily, exports, faults
from tests.simulate.conftest import bytes_below
from warehouse import Settings

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 10
SMALL = {"seed": 7, "patients": 40, "days": DAYS, "until": UNTIL, "beds": 4}
START = UNTIL - timedelta(days=DAYS)
PLAN = faults.Plan.over(START, DAYS)


def written(folder, has_faults: bool):
    daily.write_days(folder / "landing", has_faults=has_faults, **SMALL)
    return folder / "landing"


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return written(tmp_path_factory.mktemp("clean"), has_faults=False)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    return written(tmp_path_factory.mktemp("faulty"), has_faults=True)


def rows(folder, source: str, pattern: str) -> pd.DataFrame:
    paths = sorted((folder / source).glob(pattern))
    return pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths])


def test_every_file_is_one_that_a_source_expects(faulty):
    settings = Settings(var=faulty.parent, settle_seconds=0)
    assert len(landing.pending(settings)) == len(bytes_below(faulty))


def test_no_file_holds_what_was_not_known_when_it_landed(clean):
    for path in (clean / "demo-lab").iterdir():
        resulted = pd.to_datetime(pd.read_csv(path)["resulted"], utc=True)
        assert resulted.max().timestamp() <= path.stat().st_mtime


def test_nothing_is_lost_by_cutting_a_history_into_files(clean):
    made = exports.of(SMALL["seed"], SMALL["patients"], DAYS, UNTIL, SMALL["beds"])
    known = exports.between(made.labs, 0, int(UNTIL.timestamp()))
    assert list(rows(clean, "demo-lab", "labs*")["result_id"]) == list(known["result_id"])


def test_every_device_of_a_reading_is_in_the_inventory(clean):
    inventory = rows(clean, "demo-monitor", "devices*")
    readings = rows(clean, "demo-monitor", "monitors*")
    assert set(readings["device_id"]) <= set(inventory["device_id"])
    assert set(inventory["firmware"]) == {faults.FIRMWARE}


def test_the_laboratory_is_silent_for_two_days(faulty):
    landed = [path.stat().st_mtime for path in (faulty / "demo-lab").iterdir()]
    silent = [
        time
        for time in landed
        if PLAN.silent_source.timestamp() + 3600
        < time
        < (PLAN.silent_source + faults.SILENCE).timestamp() + 3600
    ]
    assert not silent


def test_urea_changes_its_unit_and_keeps_its_label(clean, faulty):
    before, after = (
        rows(folder, "demo-lab", "labs*").query("test == 'UREA'").set_index("result_id")
        for folder in (clean, faulty)
    )
    late = pd.to_datetime(after["resulted"], utc=True) > PLAN.unit_switch
    assert set(after["unit"]) <= set(before["unit"])
    numbers = pd.to_numeric(after["result"], errors="coerce")
    ratio = numbers / pd.to_numeric(before["result"], errors="coerce").reindex(after.index)
    assert ratio[late].median() == pytest.approx(2.8, abs=0.1)
    assert ratio[~late].median() == 1


def test_potassium_gets_another_code(faulty):
    results = rows(faulty, "demo-lab", "labs*")
    late = pd.to_datetime(results["resulted"], utc=True) > PLAN.code_renamed
    assert faults.OLD_CODE not in set(results.loc[late, "test"])
    assert faults.NEW_CODE not in set(results.loc[~late, "test"])


def test_devices_with_the_new_firmware_show_less_oxygen(clean, faulty):
    before, after = (rows(folder, "demo-monitor", "monitors*") for folder in (clean, faulty))
    assert len(before) == len(after)
    is_changed = (before["value"] != after["value"]) & (before["code"] == "MDC_PULS_OXIM_SAT_O2")
    assert before.loc[is_changed, "device_id"].map(faults.is_updated).all()
    assert (
        pd.to_datetime(before.loc[is_changed, "sent"], utc=True) > PLAN.firmware_bias
    ).all() and is_changed.any()


def test_a_second_gateway_sends_the_same(faulty):
    for path in (faulty / daily.GATEWAY).iterdir():
        assert path.read_bytes() == (faulty / "demo-monitor" / path.name).read_bytes()


def test_a_history_without_faults_has_no_second_gateway(clean):
    assert not (clean / daily.GATEWAY).exists()
