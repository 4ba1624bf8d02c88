-- One row per UTC day of landing, source, table and rule: how many rows it saw and refused.
SELECT
    CAST(b.landed AS DATE) AS day, b.source, r.into_table, r.rule, r.dimension,
    CAST(sum(r.checked) AS BIGINT) AS checked,
    CAST(sum(r.failed) AS BIGINT) AS failed,
    min(b.batch_no) FILTER (r.failed > 0) AS first_failed_batch_no
FROM quality.expectation_result AS r
JOIN ops.batch AS b USING (batch_no)
WHERE b.landed <= $until
GROUP BY ALL
ORDER BY ALL
