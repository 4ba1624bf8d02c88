"""The changes of alerts, written: each as a transition, and in the alert itself."""

import pandas as pd

from warehouse.lake import Connection

OPEN = """
INSERT INTO alert.alert BY NAME
SELECT
    new.alert_id, new.patient_id, twin.encounter_id, new.cause, new.level, 'open' AS state,
    new.time AS opened, new.reasons
FROM alert_changes AS new
LEFT JOIN twin.patient_now AS twin USING (patient_id)
WHERE new.change = 'opened'
"""

RAISE = """
UPDATE alert.alert AS alert
SET level = new.level, reasons = new.reasons
FROM alert_changes AS new
WHERE alert.alert_id = new.alert_id AND new.change = 'raised'
"""

RESOLVE = """
UPDATE alert.alert AS alert
SET state = 'resolved', resolved = new.time
FROM alert_changes AS new
WHERE alert.alert_id = new.alert_id AND new.change = 'resolved'
"""

# opened, resolved and opened again at the very same instant (corrections): one alert, not two
FORGET = """
DELETE FROM alert.alert
WHERE alert_id IN (SELECT alert_id FROM alert_changes WHERE change = 'opened')
"""

FOLLOW = """
INSERT INTO alert.transition BY NAME
SELECT alert_id, time, $batch_no AS batch_no, change, level, reasons FROM alert_changes
"""


def write(con: Connection, changes: pd.DataFrame, batch_no: int) -> None:
    """Changes: alert_id, patient_id, cause, time, change, level after it, reasons (JSON)."""
    con.register("alert_changes", changes)
    for statement in (FORGET, OPEN, RAISE, RESOLVE):
        con.execute(statement)
    con.execute(FOLLOW, {"batch_no": batch_no})
    con.unregister("alert_changes")
