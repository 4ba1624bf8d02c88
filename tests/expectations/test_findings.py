"""Each kind of fault is found where it is, from its first batch on, and nowhere else."""

from datetime import date, timedelta

import pandas as pd
import pytest

from expectations.findings import charting, codes, finding, firmware, shifts, twice, units
from tests.expectations.made_up import FIRST
from tests.expectations.signals import signal, since

RUNS = range(100)


def day(number: int) -> date:
    return FIRST.date() + timedelta(days=number)


class TestUnits:
    @pytest.mark.parametrize("factor", [18.01559, 1 / 18.01559])
    def test_a_silent_switch_is_found_with_its_first_batch(self, factor):
        (found,) = units.switched(signal(shift=since(12, factor)))
        assert (found["kind"], found["first_batch_no"]) == ("unit_switch", 13)
        assert found["size"] == pytest.approx(factor, rel=0.2)
        assert "mmol/L" in found["words"]

    def test_another_factor_is_no_unit(self):
        assert not units.switched(signal(shift=since(12, 4.0)))

    def test_a_new_label_is_told(self):
        (found,) = units.switched(signal(source_unit=since(12, "mmol/L", "mg/dL")))
        assert (found["measure"], found["first_batch_no"]) == ("share", 13)

    def test_two_units_side_by_side_are_no_switch(self):
        assert not units.switched(signal(source_unit=lambda day: "mg/dL" if day % 3 else "mmol/L"))

    def test_one_hundred_histories_without_a_switch_give_none(self):
        found = [units.switched(signal(seed, spread=0.6)) for seed in RUNS]
        assert not any(found)

    def test_what_the_gate_refused_for_its_unit_is_a_finding_too(self):
        days = {"day": [day(0), day(1), day(2)], "source": "demo-monitor", "failed": [0, 40, 0]}
        daily = pd.DataFrame(
            days | {"rule": "unit_as_labelled", "first_failed_batch_no": [None, 7, None]}
        )
        (found,) = units.refused(daily)
        assert (found["first_batch_no"], found["size"]) == (7, 40)
        assert finding.table([found])["state"].tolist() == ["closed"]

    def test_the_factors_of_a_sign_are_those_of_units_csv(self):
        assert set(units.factors("hemoglobin").values()) >= {"g/L sent as g/dL"}
        assert not units.factors("ph")


class TestDrift:
    def test_one_hundred_histories_without_drift_give_none(self):
        for seed in RUNS:
            assert not shifts.compared(signal(seed))["is_drift"].any(), seed

    def test_a_shift_is_found_with_its_first_batch(self):
        rows = signal(shift=since(20, 1.4))
        drifts = shifts.compared(rows)
        (found,) = shifts.findings(drifts, rows)
        assert (found["kind"], found["first_batch_no"]) == ("drift", 21)
        assert drifts["ratio"].item() == pytest.approx(1.4, rel=0.1)

    def test_the_ward_that_drifts_alone_is_named(self):
        wards = [signal(n, ward=f"Ward {n}") for n in range(8)]
        rows = pd.concat([*wards[1:], signal(0, ward="Ward 0", shift=since(20, 1.5))])
        (found,) = shifts.findings(shifts.compared(rows), rows)
        assert found["ward"] == "Ward 0"

    def test_few_patients_are_not_compared(self):
        rows = signal().assign(bins=[[460]] * 30, counts=[[1]] * 30)
        assert shifts.compared(rows).empty

    def test_a_history_too_short_for_two_parts_is_not_compared(self):
        assert shifts.compared(signal().head(6)).empty


class TestFirmware:
    def rows(self, seed: int, shift: float = 1.0, others: float = 1.0) -> pd.DataFrame:
        """Half of the monitors get 2.0 on day 12; SpO2 about 96 %."""
        given = {"concept": "spo2", "level": 96, "spread": 0.015, "source_unit": "%"}
        new = signal(seed, firmware=since(12, "V 2.0", "V 1.4"), shift=since(12, shift), **given)
        old = signal(seed + 1000, firmware="V 1.4", shift=since(12, others), **given)
        return pd.concat([new, old], ignore_index=True)

    def test_devices_that_read_low_after_an_update_are_found(self):
        (found,) = firmware.biases(self.rows(1, shift=0.97))
        assert (found["firmware"], found["first_batch_no"]) == ("V 2.0", 13)
        assert found["size"] == pytest.approx(0.97, abs=0.01)
        assert "3 % lower" in found["words"]

    def test_one_hundred_updates_that_change_nothing_give_none(self):
        assert not any(firmware.biases(self.rows(seed)) for seed in RUNS)

    def test_where_all_devices_move_the_firmware_is_not_to_blame(self):
        assert not firmware.biases(self.rows(1, shift=0.97, others=0.97))

    def test_the_firmware_that_all_had_from_the_beginning_is_no_finding(self):
        assert not firmware.biases(signal(firmware="V 1.4", shift=since(12, 0.9)))


def code(name: str, first: int, last: int, concept: str | None = None, **given) -> dict:
    """A code of ten rows a day, with numbers about 4."""
    return {
        "source": "demo-lab",
        "code": name,
        "concept": concept,
        "n": 10 * (last - first + 1),
        "patients": 5,
        "days": last - first + 1,
        "first_day": day(first),
        "last_day": day(last),
        "first_batch_no": first + 1,
        "first_landed": FIRST + timedelta(days=first),
        "low": 3.8,
        "middle": 4.1,
        "high": 4.4,
    } | given


class TestCodes:
    STOPPED = code("K", 0, 14, "potassium")
    ALWAYS = code("NA", 0, 29, "sodium", low=136.0, middle=140.0, high=143.0)

    def renamed(self, *rows: dict) -> list[dict]:
        return codes.renamed(pd.DataFrame([self.ALWAYS, *rows]))

    def test_a_renamed_code_is_found_with_its_first_batch(self):
        (found,) = self.renamed(self.STOPPED, code("KALIUM", 15, 29))
        assert (found["code"], found["concept"], found["first_batch_no"]) == (
            "KALIUM",
            "potassium",
            16,
        )

    @pytest.mark.parametrize(
        "heir",
        [
            code("OTHER", 15, 29, low=100.0, middle=140.0, high=150.0),
            code("OTHER", 22, 29),
            code("OTHER", 15, 29, n=1500),
            code("OTHER", 15, 29, "sodium"),
            code("OTHER", 0, 29),
        ],
        ids=["other values", "a week later", "ten times as often", "another sign", "from before"],
    )
    def test_what_did_not_take_its_place_is_no_new_name(self, heir):
        assert not self.renamed(self.STOPPED, heir)

    def test_a_code_that_goes_on_was_not_renamed(self):
        assert not self.renamed(code("K", 0, 29, "potassium"), code("KALIUM", 15, 29))

    def test_an_unmapped_code_that_comes_often_is_a_finding(self):
        rows = pd.DataFrame([code("ZZ", 0, 29), code("RARE", 0, 3)])
        (found,) = codes.unmapped(rows)
        assert (found["code"], found["size"], found["first_batch_no"]) == ("ZZ", 300, 1)

    def test_unmapped_codes_of_few_patients_are_one_finding_without_their_names(self):
        few = [code(name, first, 29, patients=4) for name, first in [("MRN-1", 0), ("MRN-2", 9)]]
        (found,) = codes.unmapped(pd.DataFrame(few))
        assert (found["code"], found["size"]) == ("(of fewer than 5 patients)", 510)
        assert "MRN" not in found["words"]

    def test_a_code_of_few_patients_that_took_anothers_place_is_not_named(self):
        (found,) = self.renamed(self.STOPPED, code("MRN-1", 15, 29, patients=4))
        assert "MRN" not in found["words"] + found["code"]


def volume(*duplicate: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": [day(n) for n in range(len(duplicate))],
            "source": "demo-gateway",
            "read": 100,
            "duplicate": duplicate,
            "first_batch_no": range(1, len(duplicate) + 1),
        }
    )


class TestTwice:
    def test_a_feed_that_repeats_what_is_there_is_found(self):
        (found,) = twice.duplicates(volume(0, 1, 0, 99, 100))
        assert (found["source"], found["first_batch_no"], found["ended"]) == (
            "demo-gateway",
            4,
            None,
        )

    def test_a_feed_that_stopped_repeating_is_closed(self):
        (found,) = twice.duplicates(volume(0, 99, 0))
        assert finding.table([found])["state"].tolist() == ["closed"]

    def test_some_duplicates_are_usual(self):
        assert not twice.duplicates(volume(0, 1, 30, 2))

    def test_two_sources_with_the_same_readings_are_named(self):
        pairs = volume(0, 0).assign(other="demo-ehr", twice=[0, 90], n=100)
        (found,) = twice.sent_by_two(pairs.drop(columns=["read", "duplicate"]))
        assert (found["source"], found["first_batch_no"]) == ("demo-gateway", 2)
        assert "demo-ehr" in found["words"]


def charted(*readings: int, patients: int = 10) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": [day(n) for n in range(len(readings))],
            "ward": "Ward A",
            "concept": "spo2",
            "patient_hours": 24.0 * patients,
            "patients": patients,
            "readings": readings,
            "first_batch_no": range(1, len(readings) + 1),
        }
    )


class TestCharting:
    UNTIL = pd.Timestamp(FIRST) + pd.Timedelta(days=40)
    USUAL = (100, 90, 110, 105, 95, 100, 98, 102, 80, 120)

    def test_a_ward_with_halved_charting_is_flagged(self):
        (found,) = charting.fallen(charted(*self.USUAL, 45, 40, 50), self.UNTIL)
        assert (found["ward"], found["concept"], found["first_batch_no"]) == ("Ward A", "spo2", 11)
        assert "4.5 times per patient-day" in found["words"]

    def test_one_quiet_day_is_no_finding(self):
        assert not charting.fallen(charted(*self.USUAL, 95, 100, 10), self.UNTIL)

    def test_a_ward_of_few_patients_is_not_judged(self):
        few = charted(*self.USUAL, 45, 40, 50, patients=3)
        assert not charting.fallen(few, self.UNTIL)

    def test_a_day_that_is_not_over_is_not_judged(self):
        rows = charted(*self.USUAL, 100, 100, 1)
        assert not charting.fallen(rows, pd.Timestamp(FIRST) + pd.Timedelta(days=12))


def test_the_same_finding_has_the_same_id_on_another_day():
    (first,) = units.switched(signal(shift=since(12, 18.0)))
    (later,) = units.switched(signal(shift=since(12, 18.0)).head(25))
    assert finding.table([first])["finding_id"][0] == finding.table([later])["finding_id"][0]


def test_no_finding_is_a_table_too():
    assert finding.table([]).empty
