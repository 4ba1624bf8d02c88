-- One row per refused row that broke the rule given, and that nobody has rejected: it may be
-- accepted another day.
SELECT batch_id, line, part, source, kind, rules, refused_row, first_seen
FROM quality.quarantine_current
WHERE NOT is_rejected AND list_contains(string_split(rules, ','), ?)
ORDER BY batch_id, line, part
