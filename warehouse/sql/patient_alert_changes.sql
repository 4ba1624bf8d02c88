-- One row per change of the patient's alerts, newest first.
SELECT t.alert_id, t.time, t.change, t.level, t.reasons
FROM alert.transition AS t
JOIN alert.alert AS a USING (alert_id)
WHERE a.patient_id = $patient
ORDER BY t.time DESC, t.batch_no DESC, t.alert_id
