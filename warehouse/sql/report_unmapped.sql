-- One row per source, code and unit that source_codes.csv does not know, among the accepted rows.
SELECT
    coalesce(o.source, b.source) AS source, o.source_code AS code, o.source_unit AS unit,
    count(*) AS n,
    count(DISTINCT o.patient_id) AS patients,
    min(o.arrived) AS first_seen,
    max(o.arrived) AS last_seen,
    min(o.batch_no) AS first_batch_no
FROM clinical.observation AS o
JOIN ops.batch AS b USING (batch_no)
WHERE o.concept IS NULL AND b.landed <= $until
GROUP BY ALL
ORDER BY ALL
