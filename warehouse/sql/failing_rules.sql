-- One row per table and rule that refused a row in the $days up to the newest batch: the most first.
SELECT
    r.into_table, r.rule, r.dimension,
    sum(r.checked)::BIGINT AS checked,
    sum(r.failed)::BIGINT AS failed,
    count(DISTINCT b.source) FILTER (r.failed > 0) AS sources,
    min(b.landed) FILTER (r.failed > 0) AS first_seen,
    max(b.landed) FILTER (r.failed > 0) AS last_seen
FROM quality.expectation_result AS r
JOIN ops.batch AS b USING (batch_no)
WHERE b.landed > (SELECT max(landed) FROM ops.batch) - to_days($days)
    AND b.source = coalesce($source, b.source)
GROUP BY ALL
HAVING sum(r.failed) > 0
ORDER BY failed DESC, r.into_table, r.rule
