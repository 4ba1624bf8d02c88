"""What the model learns to foresee: deterioration within 24 h (clinical definitions, outcomes)."""

import pandas as pd

from jobs.alerts import critical_care
from warehouse.lake import Connection, frame, sql


def deterioration(con: Connection) -> pd.DataFrame:
    """The hours at risk: patient_id, hour, label (1 deteriorated within 24 h, 0 did not).

    No row: in intensive care, on a vasopressor or ventilated at that hour, dead, discharged; or
    the record stops within 24 h, in hospital, without an event. Discharge within 24 h is a 0.
    """
    critical_care.define(con)
    return frame(con, sql("deterioration"))
