"""Monitors, their faults, and what is wrong with exports in general."""

import numpy as np
import pandas as pd
import pytest

from jobs.simulate import dirt, exports, monitors
from jobs.simulate.monitors import SIGNALS
from jobs.simulate.readings import ECTOPIC_BEATS
from jobs.simulate.wards import Place
from tests.simulate.conftest import SMALL
from warehouse import vocabulary

SPO2 = "MDC_PULS_OXIM_SAT_O2"


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """All readings of a larger hospital, history and live."""
    made = exports.of(**SMALL | {"patients": 150})
    start = int(SMALL["until"].timestamp())
    return made.sent(0, start + 4 * 3600)


def spell(kind: str) -> np.ndarray:
    """Ten sets of plain readings, of which the device spoils the middle four."""
    values = np.arange(80.0).reshape(10, 8) + 60
    inside = (np.arange(10) >= 3) & (np.arange(10) < 7)
    monitors._break(values, inside, kind)
    return values


def test_codes_and_units_are_mapped_except_those_that_are_meant_not_to_be(rows):
    table = vocabulary.table("source_codes")
    known = set(table.loc[table["code_set"] == "monitor", "code"])
    assert set(rows["code"]) - known == {dirt.STRANGE_CODE, ECTOPIC_BEATS}
    assert set(rows["unit"]) - set(vocabulary.table("units")["source_unit"]) == {dirt.STRANGE_UNIT}


def test_every_live_and_intensive_bed_has_a_monitor_and_half_of_the_others():
    def found(ward, beds=60):
        places = [Place(ward, bed, 0, 1) for bed in range(1, beds + 1)]
        return np.mean([monitors.at_bed(1, place) is not None for place in places])

    assert found("Ward 4B") == found("Intensive Care Unit") == 1
    assert 0.3 < found("Ward 5C") < 0.7


def test_some_readings_name_the_patient_and_some_only_the_bed(rows):
    named = (rows["patient"] != "").groupby(rows["device_id"]).mean()
    assert set(named) == {0, 1}
    assert (rows["bed"].str.contains(" / Bed ")).all()


def test_one_device_in_some_measures_in_fahrenheit_and_says_so(rows):
    temperature = rows[rows["code"] == "MDC_TEMP_BODY"]
    warm = temperature.loc[temperature["unit"] == "°F", "value"]
    assert 0 < len(warm) < len(temperature)
    assert warm.median() > 95


def test_a_probe_that_fell_off_reads_nothing():
    assert (spell("off")[3:7, SIGNALS.index("spo2")] == 0).all()


def test_a_frozen_screen_repeats_its_last_picture():
    values = spell("flat")
    assert (values[3:7, :4] == values[3, :4]).all()
    assert (values[7, :4] != values[3, :4]).all()


def test_a_dumb_device_sends_nothing():
    assert np.isnan(spell("dumb")[3:7]).all()
    assert not np.isnan(spell("dumb")[[2, 7]]).any()


def test_impossible_spikes_are_rare_and_there(rows):
    saturation = rows.loc[(rows["code"] == SPO2) & (rows["unit"] == "%"), "value"]
    share = (saturation == 184).mean()
    assert 0 < share < 4 * monitors.SPIKE


def test_probes_fall_off_now_and_then(rows):
    saturation = rows.loc[rows["code"] == SPO2, "value"]
    assert 0 < (saturation == 0).mean() < 0.02


@pytest.mark.parametrize(
    "share, find",
    [
        (dirt.UNKNOWN_CODE, lambda rows: rows["code"] == dirt.STRANGE_CODE),
        (dirt.UNKNOWN_UNIT, lambda rows: rows["unit"] == dirt.STRANGE_UNIT),
        (dirt.DUPLICATE, lambda rows: rows.duplicated()),
    ],
)
def test_dirt_comes_at_its_rate(rows, share, find):
    assert 0.5 * share < find(rows).mean() < 2 * share


def test_soil_leaves_its_input_alone():
    rows = pd.DataFrame({"code": ["a"] * 5000, "value": 1.0, "unit": "u"})
    before = rows.copy()
    soiled = dirt.soil(rows, np.random.default_rng(1), code="code", value="value")
    assert rows.equals(before)
    assert (soiled["value"] == 100).any() and len(soiled) > len(rows)
