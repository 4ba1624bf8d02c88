"""The values that windows are made of, concept by concept, as arrays for the kernel."""

from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.twins.kernel import HOUR
from jobs.twins.order import in_order
from warehouse import vocabulary
from warehouse.lake import Connection, sql

TIMES = pa.timestamp("us", tz="UTC")


class Readings(NamedTuple):
    """One concept's values for each wanted instant: the rows first[i]..last[i]-1 of the arrays.

    They are the versions of its patient's values, in order of (time, observation_id).
    """

    time: np.ndarray
    arrived: np.ndarray
    superseded: np.ndarray
    """When the next version arrived; all three int64 microseconds since 1970, UTC."""
    value: np.ndarray
    first: np.ndarray
    last: np.ndarray


def read(con: Connection, windows: pa.Table, patient_id: np.ndarray) -> dict[str, Readings]:
    """What may count at the instants of these patients, by concept; `windows` encloses them all.

    Leaves wanted_windows registered: the windows of every number of each person.
    """
    rows = _rows(con, windows)
    patient = np.searchsorted(windows["patient_id"].to_numpy(), patient_id)
    owners = len(windows) * len(look_back_hours())
    order, start = in_order(rows["owner"], rows["time"], rows["observation_id"], owners)
    arrays = [rows[name][order] for name in ("time", "arrived", "superseded", "value")]
    found = {}
    for number, concept in enumerate(look_back_hours()):
        owner = number * len(windows) + patient
        found[concept] = Readings(*arrays, start[owner], start[owner + 1])
    return found


@cache
def look_back_hours() -> dict[str, int]:
    """How old each twin concept's latest value may be: for its feature, or to be valid in NEWS2."""
    valid = vocabulary.concepts()["valid_hours"]
    concepts = vocabulary.twin_concepts("full") + vocabulary.twin_concepts("last")
    return {concept: max(last_hours(), int(valid[concept])) for concept in concepts}


@cache
def last_hours() -> int:
    """How old the feature `last` may be; no window is longer."""
    return int(vocabulary.features()["window_hours"].max())


def windows(patient_id: np.ndarray, instant: np.ndarray) -> pa.Table:
    """One row per patient: a dense number, and the span that encloses all their windows.

    The instants (int64 microseconds) are sorted by patient and time.
    """
    ids, start = np.unique(patient_id, return_index=True)
    stop = np.append(start[1:], len(patient_id)) - 1
    return pa.table(
        {
            "patient_id": ids,
            "patient": np.arange(len(ids), dtype=np.uint32),
            "first": pa.array(instant[start] - last_hours() * HOUR, TIMES),
            "last": pa.array(instant[stop] if len(ids) else instant, TIMES),
        }
    )


def _rows(con: Connection, windows: pa.Table) -> dict[str, np.ndarray]:
    """Every version that may count, in no order, by column."""
    con.register("wanted_windows", _of_all_numbers(con, windows))
    con.register("wanted_concepts", _concepts(is_lasting=False))
    span = {"since": pc.min(windows["first"]).as_py(), "until": pc.max(windows["last"]).as_py()}
    recent = con.execute(sql("twin_readings"), span).to_arrow_table()
    lasting = [
        con.execute(sql("twin_readings_lasting"), concept).to_arrow_table()
        for concept in _concepts(is_lasting=True).to_pylist()
    ]
    rows = pa.concat_tables([recent, *lasting]).combine_chunks()
    return {name: rows[name].to_numpy() for name in rows.column_names}


def _of_all_numbers(con: Connection, windows: pa.Table) -> pa.Table:
    """The windows once more for every other number of a person: their rows count as well."""
    con.register("own_windows", windows)
    others = con.execute(
        "SELECT alias.patient_id, patient, first, last FROM own_windows AS own "
        "JOIN clinical.person AS alias "
        "ON alias.person_id = own.patient_id AND alias.patient_id <> alias.person_id"
    ).to_arrow_table()
    return pa.concat_tables([windows, others.cast(windows.schema)])


def _concepts(is_lasting: bool) -> pa.Table:
    """Numbers of the concepts that are, or are not, valid for longer than any window."""
    numbered = enumerate(look_back_hours().items())
    kept = {name: i for i, (name, hours) in numbered if (hours > last_hours()) == is_lasting}
    return pa.table({"concept": list(kept), "number": pa.array(kept.values(), pa.uint32())})
