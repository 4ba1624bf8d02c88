"""What was known of a patient at a past instant: by when the source knew, or by when we did."""

from datetime import datetime

import pandas as pd
import pyarrow as pa

from jobs.twins.readings import TIMES
from jobs.twins.twin import twins
from warehouse.lake import Connection, frame, sql


def observations(
    con: Connection, patient_id: int, at: datetime, batch_no: int | None = None
) -> pd.DataFrame:
    """The patient's values as known at `at` (aware): each in the version that had arrived by then.

    With `batch_no`, only what this system had taken in by that batch. Columns: observation_id,
    time, arrived, concept, source_code, value, unit, source_unit, batch_no.
    """
    asked = {"patient": patient_id, "at": at, "batch_no": batch_no}
    return frame(con, sql("observations_as_of"), asked)


def twin(con: Connection, patient_id: int, at: datetime) -> dict:
    """The patient's twin at `at`: every column that is known, as twin.patient_now names them."""
    return row(con, patient_id, at).to_pandas().iloc[0].dropna().to_dict()


def row(con: Connection, patient_id: int, at: datetime) -> pa.Table:
    """The same as one row of all columns."""
    return twins(con, pa.table({"patient_id": [patient_id], "time": pa.array([at], TIMES)}))
