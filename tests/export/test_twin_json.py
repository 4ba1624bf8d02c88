"""A twin as JSON: what its schema promises, and that nothing is lost on the way."""

import json
from datetime import datetime

import jsonschema
import pytest

from jobs.export import twin_json, twin_schema
from jobs.twins import device_now, patient_now
from tests.twins.conftest import PATIENT, at
from warehouse.errors import NotSetUp

DEVICE = 31


@pytest.fixture
def ward(con, observe, register, admit):
    """A patient with a few values, and the device that one came from."""
    register()
    admit("08:00", encounter=2**62 + 1)
    for minute, value in enumerate((96, 97, 94)):
        observe("spo2", value, f"10:0{minute}", device_id=DEVICE)
    observe("temperature", 36.7, "10:03")
    patient_now.update(con, [PATIENT], batch_no=3)
    device_now.update(con, [DEVICE])


def as_row(con, document: dict, kind: str) -> dict:
    """The row that a document tells of, by the types of its table; what is absent is NULL."""
    columns = con.execute(f"DESCRIBE {twin_schema.TABLES[kind]}").fetchall()
    cast = ", ".join(f"CAST(${name} AS {sql}) AS {name}" for name, sql, *_ in columns)
    told = {name: document.get(name) for name, *_ in columns}
    told = {name: None if value is None else str(value) for name, value in told.items()}
    return con.execute(f"SELECT {cast}", told).to_arrow_table().to_pylist()[0]


@pytest.mark.parametrize(
    "kind, number, read",
    [("patient", PATIENT, twin_json.patient), ("device", DEVICE, twin_json.device)],
)
def test_a_twin_goes_out_and_comes_back_bit_for_bit(ward, con, kind, number, read):
    document = json.loads(json.dumps(read(con, number)))
    query = f"SELECT * FROM {twin_schema.TABLES[kind]} WHERE {kind}_id = {number}"
    (row,) = con.execute(query).to_arrow_table().to_pylist()
    assert as_row(con, document, kind) == row


@pytest.mark.parametrize("kind", ["patient", "device"])
def test_the_schema_is_a_schema_and_knows_every_column(con, kind):
    schema = twin_schema.schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    columns = [name for name, *_ in con.execute(f"DESCRIBE {twin_schema.TABLES[kind]}").fetchall()]
    assert list(schema["properties"]) == ["schema", *columns]


def test_twins_are_as_their_schemas_tell(ward, con):
    jsonschema.validate(twin_json.patient(con, PATIENT), twin_schema.schema("patient"))
    jsonschema.validate(twin_json.device(con, DEVICE), twin_schema.schema("device"))


@pytest.mark.parametrize(
    "change",
    [{"spo2_last": "97"}, {"patient_id": PATIENT}, {"name": "Ann"}, {"schema": "urn:another"}],
)
def test_what_no_twin_holds_is_no_twin(ward, con, change):
    document = twin_json.patient(con, PATIENT) | change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, twin_schema.schema("patient"))


def test_numbers_of_63_bits_are_text_and_what_is_unknown_is_absent(ward, con):
    document = twin_json.patient(con, PATIENT)
    assert document["encounter_id"] == str(2**62 + 1)
    assert document["temperature_last"] == 36.7
    assert "lactate_last" not in document


def test_a_past_twin_is_the_one_that_was_known_then(ward, con):
    then = twin_json.patient(con, PATIENT, at("10:01"))
    jsonschema.validate(then, twin_schema.schema("patient"))
    assert (then["spo2_last"], "temperature_last" in then) == (97.0, False)
    assert datetime.fromisoformat(then["time"]) == at("10:01")


@pytest.mark.parametrize(
    "column, words",
    [
        ("spo2_max_6h", "Oxygen saturation by pulse oximetry (%): the highest, within 6 h"),
        ("shock_index", "Shock index ({ratio}): heart rate / systolic pressure"),
        ("news2_highest", "the highest single part"),
    ],
)
def test_what_the_vocabulary_spans_is_described_in_its_words(column, words):
    assert twin_schema.schema("patient")["properties"][column]["description"] == words


@pytest.mark.parametrize("read", [twin_json.patient, twin_json.device])
def test_a_twin_that_there_is_not_is_said_to_be_missing(con, read):
    with pytest.raises(NotSetUp, match="no twin"):
        read(con, 1)
