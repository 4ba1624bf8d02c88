"""One twin as JSON, as `twin_schema` tells: a column per key, and what is not known is absent."""

from datetime import datetime

import numpy as np
import pyarrow as pa

from jobs.export.twin_schema import TABLES, Kind, schema_id
from jobs.twins import as_of
from warehouse.errors import NotSetUp
from warehouse.lake import Connection


def patient(con: Connection, patient_id: int, at: datetime | None = None) -> dict:
    """A patient's twin as it is now, or as it was known at an instant (aware).

    `NotSetUp` if there is no twin of that number.
    """
    now = _row(con, "patient", patient_id)
    if at is None:
        return _document("patient", now)
    return _document("patient", as_of.row(con, patient_id, at))


def device(con: Connection, device_id: int) -> dict:
    """A device's twin as it is now; `NotSetUp` if there is none of that number."""
    return _document("device", _row(con, "device", device_id))


def _row(con: Connection, kind: Kind, number: int) -> pa.Table:
    query = f"SELECT * FROM {TABLES[kind]} WHERE {kind}_id = ?"
    found = con.execute(query, [number]).to_arrow_table()
    if not found:
        raise NotSetUp(f"there is no twin of {kind} {number}")
    return found


def _document(kind: Kind, row: pa.Table) -> dict:
    (values,) = row.to_pylist()
    known = [field for field in row.schema if values[field.name] is not None]
    return {"schema": schema_id(kind)} | {
        field.name: _json(field, values[field.name]) for field in known
    }


def _json(field: pa.Field, value: object) -> object:
    """A number of 32 bits as the shortest decimal that is read as the same 32 bits."""
    if field.name.endswith("_id"):
        return str(value)
    if pa.types.is_float32(field.type):
        return float(str(np.float32(value)))
    return value.isoformat() if isinstance(value, datetime) else value
