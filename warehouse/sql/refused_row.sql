-- One row: the newest refused row that waits for a decision and that $source, $rule and $batch let
-- through (NULL: any), whole.
SELECT q.refused_row
FROM quality.quarantine_current AS q
WHERE NOT q.is_rejected
    AND q.source = coalesce($source, q.source)
    AND q.batch_no = coalesce($batch, q.batch_no)
    AND ($rule IS NULL OR list_contains(string_split(q.rules, ','), $rule))
ORDER BY q.batch_no DESC, q.line, q.part
LIMIT 1
