-- One row per patient and cause: the last alert, and when it last changed.
-- wanted_twins (patient_id, ...) is given.
WITH alerts AS (
    SELECT * FROM alert.alert WHERE patient_id IN (SELECT patient_id FROM wanted_twins)
),

last_changes AS (
    SELECT alert_id, max(time) AS changed
    FROM alert.transition
    WHERE alert_id IN (SELECT alert_id FROM alerts)
    GROUP BY alert_id
)

SELECT
    alerts.alert_id, alerts.patient_id, alerts.cause, alerts.level, alerts.state, alerts.reasons,
    last_changes.changed
FROM alerts
JOIN last_changes USING (alert_id)
QUALIFY row_number() OVER (
    PARTITION BY alerts.patient_id, alerts.cause
    ORDER BY last_changes.changed DESC, alerts.state, alerts.alert_id
) = 1
