"""A lake whose rows a test names one by one; times are "HH:MM" on one day, or whole."""

from itertools import count

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jobs.twins.twin import twins
from warehouse.lake import insert

DAY = "2026-03-01"
PATIENT = 4711


def at(time: str) -> pd.Timestamp:
    return pd.Timestamp(time if "-" in time else f"{DAY} {time}", tz="UTC")


@pytest.fixture
def identity():
    """Numbers of observations in the order in which a test names them."""
    return count(1)


@pytest.fixture
def observe(con, identity):
    """Add one observation; what a test does not name is ordinary."""

    def add(concept="spo2", value=97.0, time="10:00", arrived=None, **rest):
        row = {"observation_id": next(identity), "patient_id": PATIENT, "batch_no": 1}
        row |= {"concept": concept, "source_code": "x", "value": value, "is_revised": False}
        row |= {"time": at(time), "arrived": at(arrived or time)} | rest
        insert(con, "clinical.observation", _table(row))
        return row["observation_id"]

    return add


@pytest.fixture
def admit(con):
    """Add one version of a stay."""

    def add(start, end=None, encounter=8, patient=PATIENT, part_of=None, arrived=None):
        row = {"encounter_id": encounter, "patient_id": patient, "part_of": part_of}
        row |= {"source": "s", "site": "s", "class": "IMP", "batch_no": 1}
        row |= {"start_time": at(start), "end_time": at(end) if end else None}
        row |= {"arrived": at(arrived or start)}
        insert(con, "clinical.encounter", _table(row))

    return add


@pytest.fixture
def place(con, identity):
    """Add one version of a stay in one place."""

    def add(kind, start, end=None, arrived=None, patient=PATIENT, **rest):
        row = {"location_id": next(identity), "patient_id": patient, "encounter_id": 8}
        row |= {"kind": kind, "batch_no": 1} | _period(start, end, arrived) | rest
        insert(con, "clinical.location", _table(row))
        return row["location_id"]

    return add


@pytest.fixture
def treat(con, identity):
    """Add one version of a treatment."""

    def add(concept, start, end=None, arrived=None, patient=PATIENT, **rest):
        row = {"treatment_id": next(identity), "patient_id": patient, "concept": concept}
        row |= {"source_code": "x", "batch_no": 1} | _period(start, end, arrived) | rest
        insert(con, "clinical.treatment", _table(row))
        return row["treatment_id"]

    return add


def _period(start, end, arrived):
    times = {"start_time": at(start), "end_time": at(end) if end else None}
    return times | {"arrived": at(arrived or start)}


@pytest.fixture
def register(con):
    """Add one person."""

    def add(sex="female", birth_year=1950, patient=PATIENT):
        row = {"patient_id": patient, "source": "s", "sex": sex, "birth_year": birth_year}
        row |= {"arrived": at("00:00"), "batch_no": 1}
        insert(con, "clinical.patient", _table(row))

    return add


@pytest.fixture
def twin(con):
    """The twin of one patient at one time, or the twins at several."""

    def find(*times, patient=PATIENT):
        instants = pa.array([at(time) for time in times], pa.timestamp("us", tz="UTC"))
        wanted = pa.table({"patient_id": [patient] * len(times), "time": instants})
        found = twins(con, wanted).to_pandas()
        return found.iloc[0] if len(times) == 1 else found

    return find


def _table(row: dict) -> pa.Table:
    ids = {"observation_id": pa.uint64(), "patient_id": pa.int64(), "encounter_id": pa.int64()}
    ids |= {"location_id": pa.uint64(), "treatment_id": pa.uint64()}
    return pa.table({name: pa.array([value], ids.get(name)) for name, value in row.items()})


def is_missing(value) -> bool:
    return bool(pd.isna(value)) or value is np.nan
