-- One row per source, table and rule that refused rows from $since to $until, most rows first.
SELECT
    source, into_table, rule, dimension,
    CAST(sum(checked) AS BIGINT) AS checked,
    CAST(sum(failed) AS BIGINT) AS failed,
    count(*) FILTER (failed > 0) AS days,
    min(first_failed_batch_no) AS first_failed_batch_no
FROM report.daily
WHERE day BETWEEN $since AND $until
GROUP BY ALL
HAVING sum(failed) > 0
ORDER BY failed DESC, source, into_table, rule
