-- One row per source: what it sent from $since to $until, what became of it, what is open.
WITH sent AS (
    SELECT
        source, sum(batches) AS batches, sum(refused_batches) AS refused_batches,
        sum(read) AS read, sum(accepted) AS accepted, sum(quarantined) AS quarantined,
        sum(duplicate) AS duplicate, sum(unmapped) AS unmapped, max(last_landed) AS last_landed
    FROM report.volume
    WHERE day BETWEEN $since AND $until
    GROUP BY source
),

open AS (
    SELECT source, count(*) AS findings FROM report.finding WHERE state = 'open' GROUP BY source
)

SELECT
    s.source, s.title, s.site, s.owner, s.is_live, s.is_synthetic, s.cadence_minutes,
    CAST(coalesce(v.batches, 0) AS BIGINT) AS batches,
    CAST(coalesce(v.refused_batches, 0) AS BIGINT) AS refused_batches,
    CAST(coalesce(v.read, 0) AS BIGINT) AS read,
    CAST(coalesce(v.accepted, 0) AS BIGINT) AS accepted,
    CAST(coalesce(v.quarantined, 0) AS BIGINT) AS quarantined,
    CAST(coalesce(v.duplicate, 0) AS BIGINT) AS duplicate,
    CAST(coalesce(v.unmapped, 0) AS BIGINT) AS unmapped,
    1 - v.quarantined / nullif(v.read, 0) AS pass_rate,  -- NULL: nothing was read
    v.last_landed,
    coalesce(o.findings, 0) AS open_findings
FROM ops.source AS s
LEFT JOIN sent AS v USING (source)
LEFT JOIN open AS o USING (source)
ORDER BY s.source
