"""Rows that another file contradicts are told, each by its doubt; those that fit are not."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pandas as pd
import pytest

from expectations.findings import doubts
from tests.expectations import made_up
from warehouse import Lake, Settings
from warehouse.lake import insert

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
LANDED = {"since": made_up.FIRST - timedelta(days=1), "until": made_up.FIRST + timedelta(days=9)}


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


@pytest.fixture(scope="module")
def one_lake(tmp_path_factory) -> Lake:
    lake = Lake.create(Settings(var=tmp_path_factory.mktemp("doubts")))
    made_up.source(lake)
    made_up.ledger(lake, made_up.batch(1, 0), made_up.batch(2, 1))
    return lake


@pytest.fixture
def told(one_lake):
    """The doubts about five values of one patient and their stays, as (doubt, concept, rows)."""

    def find(concept="heart_rate", value=80.0, at=2.0, person=None, stays=({},)) -> list[tuple]:
        with one_lake.write("one history") as con:
            for table in ("observation", "patient", "encounter"):
                con.execute(f"DELETE FROM clinical.{table}")
            born = {"patient_id": 1, "source": "demo-lab", "birth_year": 1950, "arrived": START}
            insert(con, "clinical.patient", _rows(born | {"batch_no": 1} | (person or {})))
            insert(con, "clinical.observation", _rows(*values(concept, value, at)))
            insert(con, "clinical.encounter", _rows(*map(stay, count(10), stays)))
            found = doubts.found(con, **LANDED)
        return [(row["kind"], row["concept"], row["size"]) for row in found]

    return find


@pytest.mark.parametrize(
    ("later", "is_told"),
    [
        ({"sex": "female", "birth_year": 1990}, True),
        ({"sex": "male", "birth_year": 1990}, False),
        ({"sex": "female", "birth_year": 1951}, False),
        ({"sex": "unknown", "birth_year": 1990}, False),
    ],
)
def test_a_number_that_is_used_again_is_told(one_lake, told, later, is_told):
    told()
    same = {"patient_id": 7, "source": "demo-lab", "arrived": START}
    first = same | {"sex": "male", "birth_year": 1950, "batch_no": 1}
    with one_lake.write("a number used again") as con:
        insert(con, "clinical.patient", _rows(first, same | later | {"batch_no": 2}))
        found = [row["kind"] for row in doubts.found(con, **LANDED)]
        con.execute("DELETE FROM clinical.patient")
    assert ("reused_number" in found) == is_told


def values(concept: str, value: float, at: float) -> list[dict]:
    same = {"patient_id": 1, "encounter_id": 10, "concept": concept, "value": value}
    same |= {"source_code": "x", "is_revised": False, "batch_no": 2}
    return [
        same | {"observation_id": n, "time": hour(at + n / 60), "arrived": hour(at + 1)}
        for n in range(5)
    ]


def stay(number: int, given: dict) -> dict:
    row = {"encounter_id": number, "patient_id": 1, "source": "demo-lab", "site": "s"}
    times = {"start_time": hour(0), "end_time": hour(48)}
    return row | times | {"arrived": START, "batch_no": 2} | given


def _rows(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows).dropna(axis=1, how="all")


@pytest.mark.parametrize(
    ("history", "doubt"),
    [
        ({}, None),
        ({"at": 12, "person": {"death_time": hour(11.5)}}, None),
        ({"at": 12, "person": {"death_time": hour(10)}}, "after_death"),
        ({"at": 12, "stays": [{"death_time": hour(10)}]}, "after_death"),
        ({"at": 70}, None),
        ({"at": 73}, "outside_stay"),
        ({"at": -25}, "outside_stay"),
        ({"at": 500, "stays": [{"end_time": None}]}, None),
        ({"value": 225.0, "person": {"birth_year": 2026}}, None),
        ({"value": 225.0}, "implausible_for_age"),
        ({"value": 45.0}, None),
        ({"value": 45.0, "person": {"birth_year": 2026}}, "implausible_for_age"),
        ({"value": 225.0, "person": {"birth_year": None}}, None),
    ],
)
def test_a_doubt_is_told_where_it_stands_and_nowhere_else(told, history, doubt):
    assert told(**history) == ([(doubt, "heart_rate", 5.0)] if doubt else [])


@pytest.mark.parametrize(("second", "is_told"), [(10, True), (47.5, False), (60, False)])
def test_stays_at_the_same_time_are_told(told, second, is_told):
    pairs = [{}, {"start_time": hour(second), "end_time": hour(second + 30)}]
    far = [
        {"start_time": hour(start + 100 * n), "end_time": hour(start + 100 * n + length)}
        for n in range(1, 3)
        for start, length in ((0, 48), (second, 30))
    ]
    found = [kind for kind, _, _ in told(stays=[*pairs, *far])]
    assert ("overlapping_stays" in found) == is_told
