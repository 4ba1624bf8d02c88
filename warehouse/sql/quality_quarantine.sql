-- One row per source, table and set of rules broken: rows that wait for a decision, of the files
-- that landed from $since to $until.
SELECT
    source, into_table, rules,
    count(*) AS waiting,
    min(first_seen) AS oldest,
    max(first_seen) AS newest
FROM quality.quarantine_current
WHERE NOT is_rejected AND CAST(first_seen AS DATE) BETWEEN $since AND $until
GROUP BY ALL
ORDER BY waiting DESC, source, into_table, rules
