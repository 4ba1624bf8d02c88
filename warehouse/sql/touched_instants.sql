-- One row per instant at which a touched patient's twin was made: whole hours, predictions, now.
-- Given: touched (patient_id, since, until).
SELECT DISTINCT patient_id, time
FROM (
    SELECT patient_id, hour AS time FROM twin.patient_hour
    UNION ALL
    SELECT patient_id, time FROM model.prediction
    UNION ALL
    SELECT patient_id, time FROM twin.patient_now
)
JOIN touched USING (patient_id)
WHERE time BETWEEN since AND until
ORDER BY patient_id, time
