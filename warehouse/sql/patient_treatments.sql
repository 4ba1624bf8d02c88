-- One row per treatment of a known kind that was running since $since.
SELECT concept, start_time, end_time
FROM clinical.treatment_current
WHERE patient_id = $patient AND concept IS NOT NULL
    AND (end_time IS NULL OR end_time >= $since)
ORDER BY start_time, concept
