"""Treatments over time, as they were known then, as arrays for the kernel."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from jobs.twins.order import in_order
from warehouse import vocabulary
from warehouse.lake import Connection, sql

RATED = ("dopamine", "dobutamine", "epinephrine", "norepinephrine")
"""Whose rate SOFA asks for."""

VENTILATED = "invasive_ventilation"

TRACE = 1e-6
"""The rate of an infusion whose rate nobody told in a unit per kg: more than none."""


class Courses(NamedTuple):
    """One treatment's versions for each wanted instant: rows first[i]..last[i]-1 of the arrays."""

    start: np.ndarray
    stop: np.ndarray
    arrived: np.ndarray
    superseded: np.ndarray
    """All int64 microseconds since 1970, UTC; what has no end stops at the last of them."""
    rate: np.ndarray
    """ug/kg/min, TRACE where it is not known."""
    first: np.ndarray
    last: np.ndarray


def read(con: Connection, windows: pa.Table, patient_id: np.ndarray) -> dict[str, Courses]:
    """What may have been given at the instants of these patients, by concept.

    `windows`: as `readings.windows` makes them; they are registered as wanted_windows.
    """
    concepts = [*RATED, VENTILATED]
    numbers = pa.array(range(len(concepts)), pa.uint32())
    con.register("wanted_treatments", pa.table({"concept": concepts, "number": numbers}))
    units = vocabulary.table("infusion_units").astype({"factor": float})
    con.register("infusion_units", pa.Table.from_pandas(units))
    rows = con.execute(sql("twin_treatments")).to_arrow_table().combine_chunks()
    arrays = {name: rows[name].to_numpy() for name in rows.column_names}
    owners = len(windows) * len(concepts)
    order, start = in_order(arrays["owner"], arrays["start"], arrays["treatment_id"], owners)
    arrays["rate"] = np.nan_to_num(arrays["rate"], nan=TRACE)
    ordered = [arrays[name][order] for name in Courses._fields[:-2]]
    patient = np.searchsorted(windows["patient_id"].to_numpy(), patient_id)
    return {
        concept: Courses(
            *ordered, start[number * len(windows) + patient],
            start[number * len(windows) + patient + 1],
        )
        for number, concept in enumerate(concepts)
    }  # fmt: skip
