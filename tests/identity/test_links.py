"""Two numbers, one person: linked, chained, taken back. Nothing but the view of it changes."""

import itertools

import pytest

from jobs import microbatch
from jobs.identity import decide
from jobs.twins import patient_hour
from tests.conftest import NOW
from tests.ingest.conftest import at
from tests.ingest.hl7 import adt, header, message, obr, obx, pid, pv1
from warehouse import Lake
from warehouse.digest import digests
from warehouse.errors import DecisionIncomplete, NotSetUp

LATER = "20260301100000+0000"


def told(patient: str, value: str, hour: int = 8, **given) -> str:
    """One result of a patient, of an order of its own."""
    time = f"20260301{hour:02}0000"
    return message(
        header(id=f"M{patient}{value}", sent=f"{time}+0000"), pid(patient),
        obr(order=f"F{patient}{value}", time=time), obx(value=value, **given),
    )  # fmt: skip


def merge(gone: str, kept: str, event="A40", sent=LATER) -> str:
    """`gone` is merged into `kept`; with A37 they are told apart again."""
    second = f"MRG|{gone}^^^^MR" if event == "A40" else pid(gone)
    return message(header(f"ADT^{event}", sent=sent), f"EVN|{event}|{sent[:14]}", pid(kept), second)


class Ward:
    """A lake that takes in messages, one file each, and tells its twins by native number."""

    def __init__(self, lake: Lake):
        self.lake = lake
        self.count = itertools.count()

    def take(self, *messages: str) -> "Ward":
        for text in messages:
            path = self.lake.settings.landing / "hl7v2" / f"{next(self.count)}.hl7"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            microbatch.drain(self.lake, now=NOW)
        return self

    def id(self, native: str) -> int:
        return self.lake.keys.identifier("patient", "hospital", native)

    def twins(self, *columns: str) -> dict[str, tuple]:
        names = {self.id(native): native for native in "ABCDEX"}
        asked = ", ".join(columns or ["heart_rate_last"])
        with self.lake.read() as con:
            rows = con.execute(f"SELECT patient_id, {asked} FROM twin.patient_now").fetchall()
        return {names[patient]: row if columns else row[0] for patient, *row in rows}

    def digests(self) -> dict[str, str]:
        """Of what people look at; what was said about links is not the same, of course."""
        with self.lake.read() as con:
            found = digests(con)
        return {name: found[name] for name in ("twin.patient_now", "twin.patient_hour")}


@pytest.fixture
def ward(lake):
    return Ward(lake)


def test_a_merge_leaves_one_twin_of_both_numbers(ward):
    ward.take(told("A", "72"), told("B", "97", code="59408-5^SpO2^LN", unit="%"), merge("A", "B"))
    assert ward.twins("heart_rate_last", "spo2_last") == {"B": [72, 97]}


def test_what_comes_under_the_old_number_later_counts_too(ward):
    ward.take(told("B", "60"), merge("A", "B"), told("A", "90", hour=9))
    assert ward.twins() == {"B": 90}


def test_rows_keep_the_number_that_their_source_named(ward):
    ward.take(told("A", "72"), told("B", "60"), merge("A", "B"))
    with ward.lake.read() as con:
        found = con.execute("SELECT DISTINCT patient_id FROM clinical.observation").fetchall()
    assert {number for (number,) in found} == {ward.id("A"), ward.id("B")}


def test_in_a_chain_the_last_number_stays(ward):
    ward.take(told("A", "72"), told("C", "60", hour=7), merge("A", "B"), merge("B", "C"))
    assert ward.twins() == {"C": 72}


def test_a_ring_is_one_person_all_the_same(ward):
    ward.take(told("A", "72"), merge("A", "B"), merge("B", "C"), merge("C", "A"))
    assert list(ward.twins().values()) == [72]


def test_a_number_in_two_persons_makes_them_one_and_not_two(ward):
    ward.take(told("A", "72"), merge("A", "B"), merge("A", "C"))
    assert list(ward.twins().values()) == [72]


def test_two_told_apart_again_are_as_if_never_linked(ward, tmp_path):
    readings = [told("A", "72"), told("B", "60"), told("A", "90", hour=9)]
    ward.take(*readings)
    patient_hour.rebuild(ward.lake)
    before = ward.digests()
    ward.take(merge("A", "B"))
    assert ward.twins() == {"B": 90}
    assert ward.digests() != before
    ward.take(merge("B", "A", event="A37", sent="20260301110000+0000"))
    assert ward.twins() == {"A": 90, "B": 60}
    assert ward.digests() == before


def test_the_history_of_a_person_is_that_of_all_their_numbers(ward):
    ward.take(told("A", "72"), told("B", "60", hour=7), told("X", "50", hour=10))
    patient_hour.rebuild(ward.lake)
    ward.take(merge("A", "B"))
    linked = ward.digests()
    patient_hour.rebuild(ward.lake)
    assert ward.digests() == linked


def test_the_order_of_landing_does_not_matter(ward, settings, tmp_path):
    said = [told("A", "72"), told("B", "60", hour=7), merge("A", "B"), merge("B", "C")]
    ward.take(*said)
    apart = {"var": tmp_path / "other", "key_file": settings.keys}
    other = Ward(Lake.create(settings.model_copy(update=apart)))
    other.take(*reversed(said))
    for each in (ward, other):
        patient_hour.rebuild(each.lake)
    assert other.digests() == ward.digests()


def test_a_stay_under_one_number_is_the_person_s(ward):
    admission = adt("A01", pv1(start="20260301060000")).replace("|p1^", "|A^")
    ward.take(admission, told("B", "60"), merge("A", "B"))
    assert ward.twins("hours_in_hospital", "is_female") == {"B": [2, 1]}


def test_a_merge_that_names_no_two_numbers_is_refused(ward):
    ward.take(merge("", "B"), merge("B", "B"))
    with ward.lake.read() as con:
        rules = con.execute("SELECT rules FROM quality.quarantine ORDER BY batch_no").fetchall()
        links = con.execute("SELECT count(*) FROM clinical.link").fetchone()
    assert rules == [("patient_present",), ("is_of_two",)]
    assert links == (0,)


def decided(ward, gone: str, kept: str, hour: int, **given):
    said = {"is_linked": True, "by": "A. Name", "reason": "same person"} | given
    decide.land(ward.lake, ward.id(gone), ward.id(kept), at=at(f"2026-03-02T{hour:02}:00"), **said)
    microbatch.drain(ward.lake, now=NOW)


def test_a_person_may_link_and_unlink(ward):
    ward.take(told("A", "72"), told("B", "60", hour=7))
    decided(ward, "A", "B", 8)
    assert ward.twins() == {"B": 72}
    decided(ward, "A", "B", 9, is_linked=False)
    assert ward.twins() == {"A": 72, "B": 60}


def test_a_decision_may_undo_a_merge_that_a_source_has_told(ward):
    ward.take(told("A", "72"), told("B", "60"), merge("A", "B"))
    decided(ward, "B", "A", 9, is_linked=False)
    assert ward.twins() == {"A": 72, "B": 60}


def test_a_decision_about_nobody_or_without_a_reason_is_not_landed(ward):
    ward.take(told("A", "72"), told("B", "60"))
    with pytest.raises(NotSetUp, match="no known patient"):
        decided(ward, "A", "X", 8)
    with pytest.raises(NotSetUp, match="nobody has linked"):
        decided(ward, "A", "B", 8, is_linked=False)
    with pytest.raises(DecisionIncomplete):
        decided(ward, "A", "B", 8, reason=" ")
    assert not list(ward.lake.settings.landing.glob("decisions/*"))
