-- One row per alert of the patients, newest first.
SELECT alert_id, patient_id, cause, level, state, opened, resolved, reasons
FROM alert.alert
WHERE patient_id IN (SELECT unnest($patients))
ORDER BY opened DESC, alert_id
