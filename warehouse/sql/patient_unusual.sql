-- The patient's row of twin.anomaly where it is flagged; else none.
SELECT time, signs, trends
FROM twin.anomaly
WHERE patient_id = $patient AND is_flagged
