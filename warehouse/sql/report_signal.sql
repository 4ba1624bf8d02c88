-- One row per UTC day, source, concept, unit as sent, ward and device firmware: what was measured.
-- Sums are made in order, so that the same data give the same bits.
WITH binned AS (
    SELECT
        day, source, concept, source_unit, ward, firmware,
        CASE WHEN median > 0 THEN floor(100 * ln(median)) WHEN median <= 0 THEN -1000 END AS bin,
        sum(n) AS n,
        sum(missing) AS missing,
        count(median) AS patients,
        list_sum(list(median ORDER BY median)) AS total,
        min(first_batch_no) AS first_batch_no,
        max(last_batch_no) AS last_batch_no
    FROM patient_day
    GROUP BY ALL
)

SELECT
    day, source, concept, source_unit, ward, firmware,
    CAST(sum(n) AS BIGINT) AS n,
    CAST(sum(missing) AS BIGINT) AS missing,
    CAST(sum(patients) AS BIGINT) AS patients,
    list_sum(list(total ORDER BY bin)) / nullif(sum(patients), 0) AS mean,
    coalesce(list(CAST(bin AS SMALLINT) ORDER BY bin) FILTER (bin IS NOT NULL), []) AS bins,
    coalesce(list(CAST(patients AS INTEGER) ORDER BY bin) FILTER (bin IS NOT NULL), []) AS counts,
    min(first_batch_no) AS first_batch_no,
    max(last_batch_no) AS last_batch_no
FROM binned
GROUP BY day, source, concept, source_unit, ward, firmware
ORDER BY ALL
