"""Who has deteriorated already: in intensive care, on a vasopressor or ventilated invasively.

A risk of deterioration is neither learned nor predicted while that lasts (clinical definitions,
outcomes: "predictions stop at the event").
"""

import pandas as pd

from warehouse import vocabulary
from warehouse.lake import Connection, frame, sql

KINDS = ["vasopressor", "ventilation"]
"""Kinds of treatment in concepts.csv whose start is a deterioration."""


def define(con: Connection) -> None:
    """Make the view critical_care (patient_id, start_time, end_time) for this connection."""
    concepts = vocabulary.concepts()
    names = concepts.index[concepts["kind"].isin(KINDS)]
    con.register("critical_treatments", pd.DataFrame({"concept": names}))
    con.execute(f"CREATE OR REPLACE TEMP VIEW critical_care AS {sql('critical_care')}")


def patients(con: Connection, twins: pd.DataFrame) -> set[int]:
    """Those of the twins' patients who are in critical care at their twin's instant."""
    define(con)
    con.register("asked_twins", twins[["patient_id", "time"]])
    found = frame(
        con,
        "SELECT DISTINCT twin.patient_id FROM asked_twins AS twin "
        "JOIN critical_care USING (patient_id) "
        "WHERE critical_care.start_time <= twin.time AND twin.time < critical_care.end_time",
    )
    con.unregister("asked_twins")
    return set(found["patient_id"])
