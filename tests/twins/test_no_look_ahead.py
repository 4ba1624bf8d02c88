"""A twin at an instant knows nothing that was told later, whatever the records are."""

from datetime import timedelta

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from jobs.twins.readings import TIMES
from jobs.twins.twin import twins
from tests.twins.conftest import DAY, PATIENT
from warehouse import schema
from warehouse.lake import insert, scratch

START = pd.Timestamp(DAY, tz="UTC").as_unit("us")
TABLES = ("observation", "location", "treatment")
CONCEPTS = ("spo2", "heart_rate", "systolic_bp", "pao2", "fio2", "spo2_scale", "gcs", "weight")
TREATMENTS = ("norepinephrine", "invasive_ventilation")

minutes = st.integers(0, 40 * 60)
delays = st.sampled_from([0, 0, 1, 30, 300, 3000])
events = st.tuples(st.sampled_from(TABLES), st.integers(1, 6), minutes, delays, st.integers(0, 9))


@pytest.fixture(scope="module")
def tables():
    con = scratch(threads=1)
    for statement in schema.plain_statements():
        con.execute(statement)
    yield con
    con.close()


def _row(kind: str, number: int, minute: int, delay: int, value: int) -> dict:
    """One version of one of a few records of each kind: the same number again is a new version."""
    time = START + timedelta(minutes=minute)
    row = {"patient_id": PATIENT, "source_code": "x", "batch_no": 1}
    row |= {"arrived": time + timedelta(minutes=delay)}
    span = {"start_time": time, "end_time": time + timedelta(hours=value) if value % 3 else None}
    if kind == "observation":
        row |= {"observation_id": number, "concept": CONCEPTS[(number + value % 2) % 8]}
        return row | {"time": time, "value": float(20 + value) if value else None,
                      "is_revised": True}  # fmt: skip
    if kind == "location":
        row = {name: row[name] for name in ("patient_id", "batch_no", "arrived")}
        kinds = {"location_id": number, "kind": ("ward", "icu")[value % 2]}
        return row | kinds | span | {"is_retracted": value == 9}
    row |= {"treatment_id": number, "concept": TREATMENTS[number % 2], "is_order": False}
    return row | span | {"is_retracted": value == 9, "dose": 0.1, "source_unit": "mcg/kg/min"}


def _twin(con, rows: list[tuple[str, dict]], at: pd.Timestamp) -> pd.DataFrame:
    for table in TABLES:
        con.execute(f"DELETE FROM clinical.{table}")
    for table in TABLES:
        if of_table := [row for kind, row in rows if kind == table]:
            insert(con, f"clinical.{table}", pd.DataFrame(of_table))
    instant = pa.table({"patient_id": [PATIENT], "time": pa.array([at], TIMES)})
    return twins(con, instant).to_pandas()


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@example(told=[("location", 6, 1, 0, 0), ("location", 6, 1058, 0, 7)], hour=1)
@given(told=st.lists(events, min_size=1, max_size=25), hour=st.integers(1, 48))
def test_what_is_told_later_changes_nothing_before(tables, told, hour):
    at = START + timedelta(hours=hour)
    rows = [(event[0], _row(*event)) for event in told]
    known = [(kind, row) for kind, row in rows if row["arrived"] <= at]
    pd.testing.assert_frame_equal(_twin(tables, rows, at), _twin(tables, known, at))


def test_the_records_of_this_test_do_change_a_twin(tables):
    """Else the property would hold of nothing."""
    rows = [(event[0], _row(*event)) for event in [
        ("observation", 1, 60, 0, 5), ("location", 1, 30, 0, 3), ("treatment", 2, 40, 0, 4),
    ]]  # fmt: skip
    found = _twin(tables, rows, START + timedelta(hours=2)).iloc[0]
    assert (found["place_kind"], found["on_vasopressor"]) == ("icu", 1)
    assert found["heart_rate_last"] == 25 or found["systolic_bp_last"] == 25


def test_a_stay_cut_short_leaves_its_earlier_hours_as_they_were(tables):
    """Truncation: rows of the last hours taken away, not only those that arrived later."""
    told = [("observation", number, 37 * number, 0, number % 10) for number in range(1, 60)]
    rows = [("observation", _row(*event) | {"observation_id": event[1]}) for event in told]
    for hour in (5, 12, 24):
        at = START + timedelta(hours=hour)
        cut = [(kind, row) for kind, row in rows if row["time"] <= at]
        pd.testing.assert_frame_equal(_twin(tables, rows, at), _twin(tables, cut, at))
