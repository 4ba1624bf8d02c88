-- One row per patient and hour of the $hours before their twin's instant, for baselines.
SELECT h.patient_id, h.hour, COLUMNS('^(respiratory_rate|spo2|systolic_bp|heart_rate|temperature|diastolic_bp)_(last|time)$')
FROM twin.patient_hour AS h
SEMI JOIN twin.patient_now AS n
    ON n.patient_id = h.patient_id AND h.hour <= n.time AND h.hour > n.time - to_hours(CAST($hours AS BIGINT))
ORDER BY h.patient_id, h.hour
