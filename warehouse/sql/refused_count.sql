-- One row: how many refused rows wait for a decision, of those that $source, $rule and $batch let
-- through (NULL: all).
SELECT count(*)
FROM quality.quarantine_current AS q
WHERE NOT q.is_rejected
    AND q.source = coalesce($source, q.source)
    AND q.batch_no = coalesce($batch, q.batch_no)
    AND ($rule IS NULL OR list_contains(string_split(q.rules, ','), $rule))
