"""From observations to the columns of a twin."""

import numpy as np
import pandas as pd
import pytest

from tests.twins.conftest import PATIENT, at, is_missing
from warehouse import vocabulary
from warehouse.lake import frame


def test_a_twin_tells_the_latest_value_and_its_time(observe, twin):
    observe("spo2", 97, "10:00")
    observe("spo2", 84, "11:30")
    found = twin("12:00")
    assert found["spo2_last"] == 84
    assert found["spo2_time"] == at("11:30")


def test_a_twin_tells_of_the_windows_before_it(observe, twin):
    for time, value in [("06:30", 90), ("11:15", 96), ("11:45", 92)]:
        observe("heart_rate", value, time)
    found = twin("12:00")
    assert [found[f"heart_rate_n_{hours}h"] for hours in (1, 6, 24)] == [2, 3, 3]
    assert found["heart_rate_mean_1h"] == 94
    assert (found["heart_rate_min_6h"], found["heart_rate_max_6h"]) == (90, 96)
    assert found["heart_rate_sd_1h"] == pytest.approx(np.sqrt(8))
    assert found["heart_rate_slope_1h"] == pytest.approx(-8)
    assert found["heart_rate_change"] == pytest.approx(92 - 278 / 3)


def test_what_was_never_measured_is_missing_and_its_count_is_zero(observe, twin):
    observe("spo2", 97, "10:00")
    found = twin("12:00")
    assert is_missing(found["lactate_last"])
    assert is_missing(found["lactate_time"])
    assert is_missing(found["lactate_mean_24h"])
    assert found["lactate_n_24h"] == 0


def test_a_twin_has_the_columns_of_its_tables(con, observe, twin):
    observe()
    columns = list(twin("12:00").index)
    for table in ("patient_hour", "patient_now"):
        named = [row[0] for row in con.execute(f"DESCRIBE twin.{table}").fetchall()]
        shared = [name for name in named if name not in ("bucket", "batch_no")]
        assert [name.replace("hour", "time", 1) if name == "hour" else name for name in shared] == (
            columns
        )


def test_a_patient_of_whom_nothing_is_known_has_a_twin_that_says_so(twin):
    found = twin("12:00")
    known = found.dropna()
    counts = {name for name in found.index if "_n_" in name}
    nothing_told = {"earlier_icu_stays", "on_vasopressor", "on_inotrope"}
    nothing_told |= {"on_ventilation", "on_support"}
    always = {"patient_id", "time", "news2_scale"}
    always |= {f"{score}_known" for score in ("news2", "mews", "qsofa", "sirs", "sofa")}
    assert set(known.index) == always | nothing_told | counts
    assert (known[list(nothing_told)] == 0).all()
    assert found["news2_known"] == 0


def test_no_instants_give_no_twins(twin):
    assert len(twin(*[])) == 0


def test_a_missing_value_is_not_a_value(observe, twin):
    observe("spo2", 97, "10:00")
    observe("spo2", None, "11:00")
    observe("spo2", float("nan"), "11:30")
    found = twin("12:00")
    assert found["spo2_last"] == 97
    assert found["spo2_n_6h"] == 1


def test_an_unmapped_observation_changes_no_feature(observe, twin):
    observe("spo2", 97, "10:00")
    before = twin("12:00")
    observe(None, 5, "11:00")
    pd.testing.assert_series_equal(twin("12:00"), before)


def test_other_patients_change_nothing(observe, twin):
    observe("spo2", 97, "10:00")
    before = twin("12:00")
    observe("spo2", 50, "11:00", patient_id=PATIENT + 16)
    pd.testing.assert_series_equal(twin("12:00"), before)


def test_a_value_known_later_does_not_count_yet(observe, twin):
    observe("lactate", 1.0, "09:00")
    observe("lactate", 9.0, "10:00", arrived="11:30")
    assert twin("11:29")["lactate_last"] == 1
    assert twin("11:30")["lactate_last"] == 9


def test_a_late_value_counts_at_its_own_time(observe, twin):
    observe("lactate", 9.0, "10:00")
    observe("lactate", 1.0, "09:00", arrived="11:00")
    found = twin("12:00")
    assert found["lactate_last"] == 9
    assert found["lactate_n_6h"] == 2


def test_of_two_values_of_one_time_the_greater_observation_id_is_the_latest(observe, twin):
    observe("spo2", 90, "10:00", observation_id=2**63 + 1)
    observe("spo2", 91, "10:00", observation_id=2**64 - 1)
    observe("spo2", 92, "10:00", observation_id=7)
    assert twin("12:00")["spo2_last"] == 91


def test_values_older_than_their_feature_are_forgotten(observe, twin):
    observe("sodium", 140, "2026-03-01 12:00")
    assert twin("2026-03-04 11:59")["sodium_last"] == 140
    assert is_missing(twin("2026-03-04 12:00")["sodium_last"])


@pytest.fixture
def revised(observe):
    """A potassium of 7.1 at 10:00, corrected to 4.1 at 11:00; and an undisturbed one at 09:00."""
    observe("potassium", 5.0, "09:00")
    first = observe("potassium", 7.1, "10:00")
    observe(
        "potassium",
        *(4.1, "10:00", "11:00"),
        **{"observation_id": first, "is_revised": True, "batch_no": 2},
    )
    return first


def test_a_correction_replaces_the_value_from_its_arrival_on(revised, twin):
    assert twin("10:59")["potassium_last"] == pytest.approx(7.1)
    assert twin("11:00")["potassium_last"] == pytest.approx(4.1)
    assert twin("11:00")["potassium_n_6h"] == 2


def test_versions_may_be_learned_of_in_any_order(observe, twin):
    first = observe("potassium", 4.1, "10:00", "11:00", batch_no=1)
    early = {"observation_id": first, "is_revised": True, "batch_no": 2}
    observe("potassium", 7.1, "10:00", "10:00", **early)
    assert twin("10:30")["potassium_last"] == pytest.approx(7.1)
    assert twin("11:30")["potassium_last"] == pytest.approx(4.1)


def test_of_versions_that_arrived_together_the_later_batch_counts(observe, twin):
    first = observe("potassium", 7.1, "10:00", batch_no=1)
    observe("potassium", 4.1, "10:00", observation_id=first, is_revised=True, batch_no=2)
    found = twin("10:00")
    assert found["potassium_last"] == pytest.approx(4.1)
    assert found["potassium_n_1h"] == 1


def test_a_version_that_moves_the_time_takes_the_value_along(revised, observe, twin):
    moved = {"observation_id": revised, "is_revised": True, "batch_no": 3}
    observe("potassium", 4.1, "08:00", "12:00", **moved)
    found = twin("12:00")
    assert found["potassium_last"] == 5
    assert found["potassium_n_6h"] == 2


def test_a_version_that_withdraws_the_value_leaves_none(revised, observe, twin):
    withdrawn = {"observation_id": revised, "is_revised": True, "batch_no": 3}
    observe("potassium", None, "10:00", "12:00", **withdrawn)
    assert twin("12:00")["potassium_last"] == 5


def test_a_version_that_names_another_patient_leaves_the_first(revised, observe, twin):
    other = {"observation_id": revised, "is_revised": True, "batch_no": 3}
    observe("potassium", 4.1, "10:00", "12:00", patient_id=PATIENT + 1, **other)
    assert twin("12:00")["potassium_last"] == 5
    assert twin("12:00", patient=PATIENT + 1)["potassium_last"] == pytest.approx(4.1)


def test_a_prescribed_scale_lasts_beyond_every_window(observe, twin):
    observe("spo2_scale", 2, "2025-07-01 12:00")
    observe("spo2", 89, "11:00")
    found = twin("12:00")
    assert (found["news2_scale"], found["news2_spo2"]) == (2, 0)
    assert is_missing(found["spo2_scale_last"])


def test_a_prescribed_scale_may_be_corrected(observe, twin):
    first = observe("spo2_scale", 2, "2025-07-01 12:00")
    observe("spo2_scale", 1, "2025-07-01 12:00", "11:00", observation_id=first, is_revised=True)
    assert twin("10:59")["news2_scale"] == 2
    assert twin("11:00")["news2_scale"] == 1


def test_age_and_sex_are_those_of_the_newest_demographics(register, twin):
    register("male", 1950)
    found = twin("12:00")
    assert (found["age"], found["is_female"]) == (76, 0)


def test_unknown_sex_and_year_of_birth_are_missing(register, twin):
    register("unknown", None)
    found = twin("12:00")
    assert is_missing(found["age"])
    assert is_missing(found["is_female"])


def test_hours_in_hospital_begin_with_the_encounter(admit, twin):
    admit("08:30", "20:00")
    found = twin("08:00", "09:00", "12:00")
    np.testing.assert_array_equal(found["hours_in_hospital"], [np.nan, 0.5, 3.5])
    assert (found["encounter_id"] == 8).all()


def test_the_encounter_of_an_instant_is_the_latest_begun(admit, twin):
    admit("2026-02-27 08:00", "2026-03-01 12:30", encounter=8)
    admit("11:00", None, encounter=9)
    admit("15:30", None, encounter=7)
    found = twin("10:30", "11:30", "15:00", "16:00")
    assert list(found["encounter_id"]) == [8, 9, 9, 7]


def test_a_stay_in_intensive_care_is_no_encounter_of_its_own(admit, twin):
    admit("08:00", None, encounter=8)
    admit("10:00", None, encounter=9, part_of=8)
    assert twin("12:00")["encounter_id"] == 8


def test_outside_hospital_there_is_no_encounter(admit, twin):
    admit("08:00", "09:00")
    found = twin("12:00")
    assert is_missing(found["encounter_id"])
    assert is_missing(found["hours_in_hospital"])


def test_twins_at_several_instants_are_those_at_each(observe, twin):
    for minute in range(0, 60, 7):
        observe("heart_rate", 80 + minute, f"10:{minute:02}", f"11:{minute:02}")
    together = twin("10:30", "11:00", "11:30")
    alone = pd.concat([twin(time).to_frame().T for time in ("10:30", "11:00", "11:30")])
    np.testing.assert_array_equal(
        together["heart_rate_mean_6h"], alone["heart_rate_mean_6h"].astype("float32")
    )


def test_every_feature_of_the_vocabulary_has_its_column(observe, twin):
    observe()
    assert set(vocabulary.feature_columns()) < set(twin("12:00").index)


def test_missing_features_are_stored_as_null(con, observe, twin):
    observe("spo2", 97, "10:00")
    con.register("found", twin("12:00", "13:00"))
    missing = frame(con, "SELECT lactate_mean_24h IS NULL AS is_null FROM found")
    assert missing["is_null"].all()
