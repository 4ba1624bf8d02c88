-- One row per patient-hour that the detectors learn from: $rows at most, drawn by the hash of
-- patient and hour, so that the same history gives the same rows in the same order.
WITH drawn AS (
    SELECT patient_id, hour, COLUMNS('^(respiratory_rate|spo2|systolic_bp|heart_rate|temperature|diastolic_bp)_(last|time|change)$')
    FROM twin.patient_hour
    WHERE news2_known >= $least_signs
    ORDER BY md5(concat_ws(':', 'wardtwin-anomalies-1', patient_id, epoch_us(hour)))
    LIMIT $rows
)

SELECT * FROM drawn ORDER BY patient_id, hour
