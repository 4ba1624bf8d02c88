-- One row per ward and concept: how much is missing from $since to $until, all days together.
SELECT
    ward, concept,
    CAST(sum(patients) AS BIGINT) AS patient_days,
    CAST(sum(measured) AS BIGINT) AS measured_days,
    CAST(sum(readings) AS BIGINT) AS readings,
    1 - sum(measured) / sum(patients) AS missing_share,
    24 * sum(readings) / nullif(sum(patient_hours), 0) AS per_patient_day
FROM report.charting
WHERE day BETWEEN $since AND $until
GROUP BY ALL
HAVING max(patients) >= 5  -- a ward of fewer is not shown
ORDER BY ward, concept
