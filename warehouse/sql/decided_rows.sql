-- One row per refused row that a decision names.
SELECT
    d.decision_id, d.action, q.batch_id, q.line, q.part, q.source, q.kind, q.into_table, q.rules,
    q.refused_row, q.first_seen
FROM decided AS d
JOIN quality.quarantine AS q USING (batch_id, line, part)
ORDER BY batch_id, line, part
