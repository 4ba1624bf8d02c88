-- One row per rule that a row waiting for a decision has broken: how many rows, the most first. Of
-- $source and $batch (NULL: of all).
WITH broken AS (
    SELECT unnest(string_split(rules, ',')) AS rule
    FROM quality.quarantine_current
    WHERE NOT is_rejected
        AND source = coalesce($source, source) AND batch_no = coalesce($batch, batch_no)
)

SELECT rule, count(*) AS rows
FROM broken
GROUP BY rule
ORDER BY rows DESC, rule
