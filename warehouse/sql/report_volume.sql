-- One row per UTC day of landing, source and kind of file: what came, and what became of it.
SELECT
    CAST(landed AS DATE) AS day, source, kind,
    count(*) AS batches,
    count(*) FILTER (state = 'refused') AS refused_batches,
    CAST(sum(read) AS BIGINT) AS read,
    CAST(sum(accepted) AS BIGINT) AS accepted,
    CAST(sum(quarantined) AS BIGINT) AS quarantined,
    CAST(sum(duplicate) AS BIGINT) AS duplicate,
    CAST(sum(unmapped) AS BIGINT) AS unmapped,
    min(batch_no) AS first_batch_no,
    max(batch_no) AS last_batch_no,
    max(landed) AS last_landed
FROM ops.batch
WHERE landed <= $until
GROUP BY ALL
ORDER BY ALL
