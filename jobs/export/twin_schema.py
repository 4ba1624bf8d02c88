"""The JSON Schema of a twin: made of its table and the vocabulary, so that it cannot differ."""

import re
from typing import Literal

from warehouse import schema as lake_schema
from warehouse import vocabulary

Kind = Literal["patient", "device"]
TABLES = {"patient": "twin.patient_now", "device": "twin.device_now"}

TYPES = {
    "BIGINT": {"type": "integer"},
    "BOOLEAN": {"type": "boolean"},
    "DOUBLE": {"type": "number"},
    "FLOAT": {"type": "number"},
    "INTEGER": {"type": "integer"},
    "TIMESTAMPTZ": {"type": "string", "format": "date-time"},
    "VARCHAR": {"type": "string"},
    "VARCHAR[]": {"type": "array", "items": {"type": "string"}},
}

IDENTIFIER = {"type": "string", "pattern": "^[0-9]+$"}
"""A number of 63 bits is text: JavaScript's have 53."""
COLUMN = re.compile(r"^ +(\w+) ([A-Z]+(?:\[\])?)( NOT NULL)?,?(?: +-- (.*))?$", re.MULTILINE)
NOT_ALWAYS = ("batch_no",)
"""Not of a twin as it was known in the past."""


def schema_id(kind: Kind) -> str:
    """The name of the schema, with the version of the lake's tables."""
    return f"urn:wardtwin:schema:{kind}-twin:{lake_schema.VERSION}"


def schema(kind: Kind) -> dict:
    """The schema of the JSON that `twin_json` writes; what is not known is absent."""
    statement = _statement(TABLES[kind])
    columns = COLUMN.findall(statement)
    meanings = _feature_meanings()
    properties = {
        name: _column(name, sql_type, words or meanings.get(name))
        for name, sql_type, _, words in columns
    }
    always = [name for name, _, is_there, _ in columns if is_there and name not in NOT_ALWAYS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id(kind),
        "title": f"Wardtwin {kind} twin",
        "description": statement.splitlines()[0].removeprefix("-- "),
        "type": "object",
        "properties": {"schema": {"const": schema_id(kind)}} | properties,
        "required": ["schema", *always],
        "additionalProperties": False,
    }


def _statement(table: str) -> str:
    return next(text for text in lake_schema.statements() if f" {table} (" in text)


def _column(name: str, sql_type: str, words: str | None) -> dict:
    form = IDENTIFIER if name.endswith("_id") else TYPES[sql_type]
    return form | ({"description": words} if words else {})


def _feature_meanings() -> dict[str, str]:
    """Of each column that the vocabulary spans: the sign, its unit, and what is told of it."""
    scores = {row.name: row.meaning for row in vocabulary.table("scores").itertuples()}
    derived = {
        row.name: f"{row.display} ({row.unit}): {row.meaning}"
        for row in vocabulary.table("derived").itertuples()
    }
    return (
        scores
        | derived
        | {
            f"{concept.Index}_{feature.name}": f"{concept.display} ({concept.unit}): "
            f"{feature.meaning}, within {feature.window_hours} h"
            for concept in vocabulary.concepts().itertuples()
            for feature in vocabulary.features().itertuples()
        }
    )
