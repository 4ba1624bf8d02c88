"""Twins of made-up patients, steady ones unless a test says otherwise."""

import pandas as pd
import pytest

from jobs.anomalies import bench, outliers
from jobs.anomalies.state import state

PATIENTS = 40


@pytest.fixture(scope="session")
def ward() -> bench.Twins:
    """now and hours of 40 steady patients."""
    return bench.ward(PATIENTS, seed=7)


@pytest.fixture(scope="session")
def now(ward) -> pd.DataFrame:
    return ward[0]


@pytest.fixture(scope="session")
def hours(ward) -> pd.DataFrame:
    return ward[1]


@pytest.fixture(scope="session")
def detectors(hours) -> outliers.Detectors:
    return outliers.fit(state(hours[::3], "hour"))
