-- One row per patient: the vital signs of the twin as it stands.
SELECT patient_id, time, batch_no, COLUMNS('^(respiratory_rate|spo2|systolic_bp|heart_rate|temperature|diastolic_bp)_(last|time|change)$')
FROM twin.patient_now
ORDER BY patient_id
