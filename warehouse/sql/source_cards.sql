-- One row per source that has sent anything: its last batch, and its rows of the seven days up to
-- the newest batch of all (`_now`), beside those of the seven days before (`_before`).
WITH newest AS (
    SELECT max(landed) AS time FROM ops.batch
),

checks AS (
    SELECT batch_no, sum(checked) AS checked, sum(failed) AS failed
    FROM quality.expectation_result
    WHERE batch_no >= (
        SELECT min(b.batch_no)
        FROM ops.batch AS b, newest AS n
        WHERE b.landed > n.time - INTERVAL 14 DAY
    )
    GROUP BY batch_no
),

batches AS (
    SELECT
        b.source, b.landed, b.state, b.read, b.accepted, b.quarantined, b.duplicate, b.unmapped,
        c.checked, c.failed,
        CASE
            WHEN b.landed > n.time - INTERVAL 7 DAY THEN 'now'
            WHEN b.landed > n.time - INTERVAL 14 DAY THEN 'before'
        END AS week
    FROM ops.batch AS b
    CROSS JOIN newest AS n
    LEFT JOIN checks AS c USING (batch_no)
),

gaps AS (
    SELECT
        source,
        date_diff('second', lag(landed) OVER (PARTITION BY source ORDER BY landed), landed) / 60
            AS minutes
    FROM ops.batch
    WHERE source NOT IN (SELECT source FROM ops.source WHERE cadence_minutes IS NOT NULL)
),

usual AS (
    SELECT source, median(minutes) AS usual_minutes  -- only where none are promised
    FROM gaps
    WHERE minutes > 0
    GROUP BY source
),

counted AS (
    SELECT
        source,
        max(landed) AS last_landed,
        count(*) FILTER (week = 'now' AND state = 'refused') AS refused_files_now,
        coalesce(sum(read) FILTER (week = 'now'), 0)::BIGINT AS read_now,
        coalesce(sum(read) FILTER (week = 'before'), 0)::BIGINT AS read_before,
        coalesce(sum(accepted) FILTER (week = 'now'), 0)::BIGINT AS kept_now,
        coalesce(sum(accepted) FILTER (week = 'before'), 0)::BIGINT AS kept_before,
        coalesce(sum(quarantined) FILTER (week = 'now'), 0)::BIGINT AS refused_now,
        coalesce(sum(quarantined) FILTER (week = 'before'), 0)::BIGINT AS refused_before,
        coalesce(sum(duplicate) FILTER (week = 'now'), 0)::BIGINT AS duplicate_now,
        coalesce(sum(duplicate) FILTER (week = 'before'), 0)::BIGINT AS duplicate_before,
        coalesce(sum(unmapped) FILTER (week = 'now'), 0)::BIGINT AS unmapped_now,
        coalesce(sum(unmapped) FILTER (week = 'before'), 0)::BIGINT AS unmapped_before,
        1 - sum(failed) FILTER (week = 'now') / sum(checked) FILTER (week = 'now') AS passed_now,
        1 - sum(failed) FILTER (week = 'before')
        / sum(checked) FILTER (week = 'before') AS passed_before
    FROM batches
    GROUP BY source
)

SELECT
    c.*,
    u.usual_minutes,
    coalesce(s.title, c.source) AS title,
    coalesce(s.owner, '') AS owner,
    coalesce(s.is_live, FALSE) AS is_live,
    coalesce(s.is_synthetic, FALSE) AS is_synthetic,
    s.cadence_minutes
FROM counted AS c
LEFT JOIN usual AS u USING (source)
LEFT JOIN ops.source AS s USING (source)
ORDER BY c.source
