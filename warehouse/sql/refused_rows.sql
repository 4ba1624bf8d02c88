-- One row per refused row that waits for a decision and that $source, $rule and $batch let through
-- (NULL: all), the newest first:
-- where it stood and why it was refused, never what it holds.
SELECT q.batch_no, q.batch_id, q.source, q.kind, q.into_table, q.line, q.part, q.rules, q.first_seen
FROM quality.quarantine_current AS q
WHERE NOT q.is_rejected
    AND q.source = coalesce($source, q.source)
    AND q.batch_no = coalesce($batch, q.batch_no)
    AND ($rule IS NULL OR list_contains(string_split(q.rules, ','), $rule))
ORDER BY q.batch_no DESC, q.line, q.part
LIMIT $rows OFFSET $skip
