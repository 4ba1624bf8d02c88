-- One row per patient and quarter of an hour within the 12 h up to the patient's twin:
-- the last risk computed in it.
SELECT
    p.patient_id,
    max(p.time) AS time,
    arg_max(p.risk, (p.time, p.batch_no)) AS risk
FROM model.prediction AS p
JOIN twin.patient_now AS t USING (patient_id)
WHERE p.patient_id IN (SELECT unnest($patients))
    AND p.time BETWEEN t.time - INTERVAL 12 HOUR AND t.time
GROUP BY p.patient_id, time_bucket(INTERVAL 15 MINUTE, p.time)
ORDER BY p.patient_id, time
