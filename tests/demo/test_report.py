"""What a check says of what it has seen."""

import pytest

from jobs.demo import report
from tests.conftest import NOW

SHOWN = {
    "sources": {"demo-ehr": {"accepted": 5}},
    "dags": {"ingest_ehr": "success"},
    "twin_hours": 10,
    "alerts": 1,
    "synthetic": False,
}


def faults(lake, live_since=None, **other):
    return report.faults(SHOWN | other, lake, ["demo-ehr"], live_since)


def test_all_well(lake):
    assert faults(lake) == []


@pytest.mark.parametrize(
    "other, fault",
    [
        ({"sources": {}}, "source demo-ehr accepted nothing"),
        ({"sources": {"demo-ehr": {"accepted": 0}}}, "source demo-ehr accepted nothing"),
        (
            {"dags": {"train_model": "failed"}},
            "a run of the DAG train_model did not succeed: failed",
        ),
        ({"twin_hours": 0}, "there are no twin hours"),
    ],
)
def test_one_sentence_for_what_is_not_as_it_must_be(lake, other, fault):
    assert faults(lake, **other) == [fault]


def test_synthetic_patients_must_give_alerts_and_a_model(lake):
    found = faults(lake, synthetic=True, alerts=0)
    assert found[0] == "there is no alert"
    assert found[1].startswith("there is no usable model: ")


def test_real_records_may_give_neither(lake):
    assert faults(lake, synthetic=False, alerts=0) == []


def test_a_live_ward_must_have_been_taken_in(lake):
    assert faults(lake, live_since=NOW) == ["nothing that the live ward wrote was taken in"]


def test_a_batch_that_does_not_add_up_is_a_fault(lake):
    enter(lake, read=3, accepted=1)
    assert faults(lake) == ["1 batches are unreconciled"]


def test_an_empty_lake_is_counted(lake):
    assert report.of_lake(lake) == {
        "sources": {},
        "patients": 0,
        "admissions": 0,
        "twin_hours": 0,
        "alerts": 0,
        "synthetic": False,
    }


def test_the_rows_of_each_source_are_summed(lake):
    enter(lake, read=3, accepted=3)
    enter(lake, read=2, accepted=1, quarantined=1)
    assert report.of_lake(lake)["sources"] == {
        "demo-ehr": {"read": 5, "accepted": 4, "quarantined": 1, "duplicate": 0, "unmapped": 0}
    }


def test_figures_that_could_not_be_computed_are_null():
    assert set(report.of_model(None).values()) == {None}


def enter(lake, *, read, accepted, quarantined=0):
    row = [1, "id", "demo-ehr", "Patient", None, 1, NOW, NOW, "committed", None]
    row += [read, accepted, quarantined, 0, 0]
    with lake.write("test") as con:
        con.execute(f"INSERT INTO ops.batch VALUES ({', '.join('?' * len(row))})", row)
