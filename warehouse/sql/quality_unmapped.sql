-- One row per source, code and unit that is not mapped, most rows first; those of fewer than five
-- patients in one row per source. What looks like a code may be a patient's number.
WITH shown AS (
    SELECT
        * REPLACE (
            CASE WHEN patients >= 5 THEN code END AS code,
            CASE WHEN patients >= 5 THEN unit END AS unit,
            CASE WHEN patients >= 5 THEN patients END AS patients  -- NULL: fewer than five
        )
    FROM report.unmapped
)

SELECT
    source,
    coalesce(code, '(' || count(*) || ' codes of fewer than 5 patients)') AS code,
    unit,
    count(*) AS codes,
    CAST(sum(n) AS BIGINT) AS n,
    patients,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    min(first_batch_no) AS first_batch_no
FROM shown
GROUP BY source, shown.code, unit, patients
ORDER BY n DESC, source, code, unit
