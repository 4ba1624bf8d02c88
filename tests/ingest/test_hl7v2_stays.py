"""ADT and RDE messages, and the given files of real senders."""

import pytest

from jobs import microbatch
from tests.conftest import NOW
from tests.ingest.conftest import at
from tests.ingest.hl7 import adt, message, obx, order, pid, pv1, result

ADMITTED = {"start": "20260301070000"}


@pytest.fixture
def taken_in(lake, land):
    """Take in each text as a file of its own, in this order; returns a function that asks."""

    def take_in(*files: str):
        for number, text in enumerate(files):
            land("hl7v2", f"feed_{number}.hl7", text)
            microbatch.drain(lake, now=NOW)
        return ask

    def ask(query: str) -> list[tuple]:
        with lake.read() as con:
            return con.execute(query).fetchall()

    return take_in


PLACES = (
    "SELECT ward, bed, kind, strftime(start_time, '%H:%M'), strftime(end_time, '%H:%M') "
    "FROM clinical.location_current ORDER BY start_time"
)
STAYS = (
    "SELECT class, strftime(start_time, '%H:%M'), strftime(end_time, '%H:%M') "
    "FROM clinical.encounter_current"
)


def test_an_admission_names_patient_stay_and_place(judged_hl7):
    found = judged_hl7(adt("A01", **ADMITTED)).accepted
    person, stay, place = (found[into].iloc[0] for into in ("patient", "encounter", "location"))
    assert (person["name"], person["sex"], person["birth_year"]) == ("Jane Doe", "female", 1960)
    assert (stay["class"], stay["start_time"]) == ("IMP", at("2026-03-01T07:00"))
    assert (place["ward"], place["bed"], place["start_time"]) == ("4B", "3", stay["start_time"])
    assert person["arrived"] == at("2026-03-01T08:05")


def test_a_transfer_ends_the_place_before(taken_in):
    ask = taken_in(
        adt("A01", **ADMITTED),
        adt("A02", place="5C^^1", happened="20260301090000", sent="20260301090100+0000"),
    )
    assert ask(PLACES) == [
        ("4B", "3", "ward", "07:00", "09:00"),
        ("5C", "1", "ward", "09:00", None),
    ]


def test_a_discharge_ends_the_stay_and_the_place(taken_in):
    leaving = pv1(**ADMITTED, end="20260301110000")
    ask = taken_in(adt("A01", **ADMITTED), adt("A03", leaving, sent="20260301110500+0000"))
    assert ask(STAYS) == [("IMP", "07:00", "11:00")]
    assert ask(PLACES)[0] == ("4B", "3", "ward", "07:00", "11:00")


def test_a_cancelled_admission_never_was(taken_in):
    ask = taken_in(adt("A01", **ADMITTED), adt("A11", **ADMITTED, sent="20260301083000+0000"))
    assert ask(STAYS) == ask(PLACES) == []
    assert ask("SELECT count(*) FROM clinical.encounter") == [(2,)]


def test_a_cancelled_transfer_leaves_the_patient_where_they_were(taken_in):
    moved = {"happened": "20260301090000"}
    ask = taken_in(
        adt("A01", **ADMITTED),
        adt("A02", place="5C^^1", **moved),
        adt("A12", place="4B^^3", **moved, sent="20260301093000+0000"),
    )
    assert ask(PLACES) == [("4B", "3", "ward", "07:00", None)]


def test_a_cancelled_discharge_opens_the_stay_again(taken_in):
    gone = {"happened": "20260301110000"}
    ask = taken_in(
        adt("A01", **ADMITTED),
        adt("A03", **ADMITTED, **gone, sent="20260301110000+0000"),
        adt("A13", **ADMITTED, **gone, sent="20260301113000+0000"),
    )
    assert ask(STAYS) == [("IMP", "07:00", None)]
    assert ask(PLACES) == [("4B", "3", "ward", "07:00", None)]


def test_the_order_in_which_files_land_does_not_matter(taken_in):
    ask = taken_in(
        adt("A03", **ADMITTED, happened="20260301110000", sent="20260301110000+0000"),
        adt("A02", place="5C^^1", happened="20260301090000", sent="20260301090000+0000"),
        adt("A01", **ADMITTED),
    )
    assert ask(STAYS) == [("IMP", "07:00", "11:00")]
    assert [row[3:] for row in ask(PLACES)] == [
        ("07:00", "09:00"),
        ("09:00", "11:00"),
        ("11:00", None),
    ]


def test_an_update_that_does_not_say_when_the_stay_began_changes_the_patient_only(judged_hl7):
    found = judged_hl7(adt("A08"))
    assert list(found.accepted) == ["patient"]
    assert found.refused.empty


def test_a_discharge_that_does_not_say_when_the_stay_began_is_quarantined(judged_hl7):
    found = judged_hl7(adt("A03", happened="20260301110000"))
    assert found.refused["rules"].tolist() == ["time_readable"]


def test_a_death_in_hospital_is_kept(judged_hl7):
    leaving = pv1(**ADMITTED, end="20260301110000").split("|")
    leaving[36] = "20"
    found = judged_hl7(adt("A03", "|".join(leaving)))
    assert found.accepted["encounter"]["death_time"].iloc[0] == at("2026-03-01T11:00")


def test_observations_come_with_admissions_too(judged_hl7):
    found = judged_hl7(adt("A01", pv1(**ADMITTED), obx(time="20260301080000")))
    assert found.accepted["observation"]["value"].tolist() == [72]


def test_results_repeat_who_the_patient_is_but_it_is_kept_once(taken_in):
    later = result(obx(value="80"), id="M2", sent="20260301090000+0000")
    ask = taken_in(result(), later)
    assert ask("SELECT count(*) FROM clinical.patient") == [(1,)]


@pytest.mark.parametrize(
    "identifiers, expected",
    [
        ("p1", "p1"),
        ("123^^^SSA^SS~p1^^^^MR", "p1"),
        ("p1^^^H^MR", "p1^H"),
        ("^^^NPI^MR", None),
    ],
)
def test_a_patient_is_known_by_the_record_number_and_who_gave_it(judged_hl7, identifiers, expected):
    found = judged_hl7(result().replace("p1^^^^MR", identifiers))
    natives = found.identities.query("kind == 'patient'")["native_id"].tolist()
    assert natives == ([expected] if expected else [])


def test_an_order_is_a_treatment_that_nobody_says_was_given(judged_hl7):
    row = judged_hl7(order()).accepted["treatment"].iloc[0]
    assert (row["source_code"], row["dose"], row["source_unit"]) == ("161", 1, "g")
    assert (row["start_time"], row["end_time"]) == (at("2026-03-01T08:00"), at("2026-03-01T20:00"))
    assert row["is_order"]


def test_a_cancelled_order_is_a_version_that_takes_it_back(judged_hl7):
    rows = judged_hl7(order(), order(control="CA")).accepted["treatment"]
    assert rows["treatment_id"].nunique() == 1
    assert rows["is_retracted"].tolist() == [False, True]


def test_a_rate_goes_before_an_amount(judged_hl7):
    row = judged_hl7(order(rate="23|mL/hr")).accepted["treatment"].iloc[0]
    assert (row["dose"], row["source_unit"]) == (23, "mL/hr")


def test_an_order_of_before_version_2_5_has_its_times_in_rxe_1(judged_hl7):
    old = order(timing="").replace("RXE||", "RXE|^^^20260301080000^20260301090000|")
    row = judged_hl7(old).accepted["treatment"].iloc[0]
    assert (row["start_time"], row["end_time"]) == (at("2026-03-01T08:00"), at("2026-03-01T09:00"))


def test_an_order_of_many_drugs_is_as_many_rows(judged_hl7):
    two = order() + message("ORC|NW|P2", "RXE||7512^Norepinephrine^RXNORM|3||mg")
    rows = judged_hl7(two).accepted["treatment"]
    assert rows["source_code"].tolist() == ["161"]
    assert len(judged_hl7(two).refused) == 1


# The given files: rows accepted by table, rows refused by rule. Vendors break the standard.
GIVEN = {
    "cdc/001_ADT_A01.hl7": ({"patient": 1, "encounter": 1, "location": 1}, {}),
    "cdc/001_TN_ORU_R01_LRI.hl7": ({"patient": 1, "observation": 96}, {}),
    "cdc/002_CA_ORU_R01.hl7": ({}, {"patient_present": 155}),  # PID-3 holds no number
    "cdc/002_Epic_ORU_R01.hl7": ({"patient": 1, "observation": 3}, {}),
    "cdc/004_Oracle_ORU_R01.hl7": ({"patient": 1, "observation": 3}, {}),
    "cdc/005_MN_ADT_A01.hl7": (  # PV1-19 is missing, OBX has no time
        {"patient": 1},
        {"encounter_present": 1, "time_readable": 1},
    ),
    "cdc/005_Natus_ORU_R01_NBS.hl7": ({"patient": 1, "observation": 103}, {}),
    "cdc/020_CA_ORU_R01_CDPH_OBX_to_LOINC_0_initial_message.hl7": (
        {"patient": 1, "observation": 114},
        {},
    ),
    "microsoft/ADT-A01-01.hl7": (  # sent in 1989, observed in 1999
        {"patient": 1, "encounter": 1, "location": 1},
        {"time_not_in_future": 2},
    ),
    "microsoft/ADT-A02-01.hl7": (
        {"patient": 1, "encounter": 1, "location": 1},
        {"time_not_in_future": 2},
    ),
    "microsoft/ADT-A03-01.hl7": (
        {"patient": 1, "encounter": 1, "location": 1},
        {"time_not_in_future": 2},
    ),
    "microsoft/ADT-A08-01.hl7": ({"patient": 1, "encounter": 1}, {"time_not_in_future": 2}),
    "microsoft/ADT-A40-01.hl7": ({"patient": 1, "link": 1}, {}),
    "microsoft/LAB-ORU-1.hl7": (  # pending without a time; two observed after they were sent
        {"patient": 1, "observation": 6},
        {"time_not_in_future": 2, "time_readable": 2},
    ),
    "microsoft/ORU-R01-01.hl7": (
        {"patient": 1, "observation": 4},
        {"code_present,time_readable": 1, "value_readable": 1},
    ),
    "microsoft/RDE-O11-01.hl7": ({"patient": 1, "observation": 2, "treatment": 1}, {}),
}


@pytest.mark.parametrize("name", GIVEN)
def test_the_files_of_real_senders_are_read(judged, real_data, name):
    accepted, refused = GIVEN[name]
    found = judged("hl7v2", name, real_data("hl7v2") / name)
    assert {into: len(rows) for into, rows in found.accepted.items() if len(rows)} == accepted
    assert found.refused["rules"].value_counts().to_dict() == refused


def test_every_given_file_is_known(real_data):
    names = {
        str(path.relative_to(real_data("hl7v2"))) for path in real_data("hl7v2").rglob("*.hl7")
    }
    assert names == set(GIVEN)


def test_a_patient_without_a_visit_is_admitted_nowhere(judged_hl7):
    found = judged_hl7(message(*adt("A31").rstrip("\r").split("\r")[:2], pid()))
    assert list(found.accepted) == ["patient"]
