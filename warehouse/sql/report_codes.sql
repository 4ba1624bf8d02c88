-- One row per source and code of the days since $since: when it came, how much, how its numbers lie.
-- Numbers are as sent: an unmapped code has no others.
SELECT
    coalesce(o.source, b.source) AS source, o.source_code AS code, any_value(o.concept) AS concept,
    count(*) AS n,
    count(DISTINCT o.patient_id) AS patients,
    count(DISTINCT CAST(b.landed AS DATE)) AS days,
    CAST(min(b.landed) AS DATE) AS first_day,
    CAST(max(b.landed) AS DATE) AS last_day,
    min(o.batch_no) AS first_batch_no,
    min(b.landed) AS first_landed,
    quantile_cont(o.source_value, 0.25) AS low,
    median(o.source_value) AS middle,
    quantile_cont(o.source_value, 0.75) AS high
FROM clinical.observation AS o
JOIN ops.batch AS b USING (batch_no)
WHERE b.landed > $since AND b.landed <= $until
GROUP BY ALL
ORDER BY ALL
