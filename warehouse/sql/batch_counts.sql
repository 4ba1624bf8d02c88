-- One row per source: the rows of its committed batches.
SELECT
    source,
    sum(read)::BIGINT AS read,
    sum(accepted)::BIGINT AS accepted,
    sum(quarantined)::BIGINT AS quarantined,
    sum(duplicate)::BIGINT AS duplicate,
    sum(unmapped)::BIGINT AS unmapped
FROM ops.batch
WHERE state = 'committed'
GROUP BY source
ORDER BY source;
