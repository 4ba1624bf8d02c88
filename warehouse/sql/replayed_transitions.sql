-- One row per change that a batch made in the alerts of the patients in asked (patient_id).
SELECT transition.*
FROM alert.transition AS transition
SEMI JOIN (
    SELECT alert_id FROM alert.alert SEMI JOIN asked USING (patient_id)
) USING (alert_id)
WHERE batch_no = $batch_no
ORDER BY alert_id, change
