"""A small hospital for the models."""

import pytest

from jobs.models import registry, train
from tests.models.records import NOW, Records, ward
from warehouse import Lake, Settings
from warehouse.lake import frame


@pytest.fixture
def records(con):
    return Records(con)


@pytest.fixture(scope="session")
def hospital(tmp_path_factory) -> Lake:
    """A committed ward, trained on once; tests leave it as it is."""
    lake = Lake.create(Settings(var=tmp_path_factory.mktemp("hospital")))
    with lake.write("a ward") as con:
        ward(con)
    train.run(lake, now=NOW)
    return lake


@pytest.fixture
def twins(hospital):
    with hospital.read() as con:
        return frame(con, "SELECT * FROM twin.patient_now ORDER BY patient_id")


@pytest.fixture
def model(hospital):
    return registry.champion(hospital.settings.models, hospital.keys)
