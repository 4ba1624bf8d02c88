-- One row per alert as it stood before a batch, of the patients in members (member_id, patient_id).
-- Made from the changes alone: the alert itself has changed since.
WITH changes AS (
    SELECT
        alert_id,
        arg_max(change, batch_no) AS last_change,
        arg_max(level, batch_no) FILTER (change <> 'resolved') AS level,
        arg_max(reasons, batch_no) FILTER (change <> 'resolved') AS reasons,
        arg_max(time, batch_no) AS changed
    FROM alert.transition
    WHERE batch_no < $batch_no
    GROUP BY alert_id
)

SELECT
    alert.alert_id, alert.patient_id, alert.encounter_id, alert.cause,
    changes.level,
    CASE last_change WHEN 'resolved' THEN 'resolved' ELSE 'open' END AS state,
    alert.opened,
    CASE last_change WHEN 'resolved' THEN changed END AS resolved,
    changes.reasons
FROM alert.alert AS alert
JOIN changes USING (alert_id)
SEMI JOIN members ON alert.patient_id = members.member_id
