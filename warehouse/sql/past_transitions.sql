-- One row per change of an alert before a batch, of the patients in members (member_id, patient_id).
SELECT transition.*
FROM alert.transition AS transition
SEMI JOIN (
    SELECT alert_id FROM alert.alert SEMI JOIN members ON alert.patient_id = members.member_id
) USING (alert_id)
WHERE batch_no < $batch_no
