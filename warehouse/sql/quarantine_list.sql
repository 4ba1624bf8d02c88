-- One row per refused row, newest file first; of one source, rule or batch where these are given.
SELECT
    batch_no, batch_id, line, part, source, kind, into_table, rules, first_seen,
    CASE WHEN is_rejected THEN 'rejected' ELSE 'open' END AS state
FROM quality.quarantine_current
WHERE ($source IS NULL OR source = $source)
    AND ($rule IS NULL OR list_contains(string_split(rules, ','), $rule))
    AND (NOT is_rejected OR $with_rejected)
    AND ($batch IS NULL OR starts_with(batch_id, $batch))
ORDER BY batch_no DESC, line, part
LIMIT $rows
