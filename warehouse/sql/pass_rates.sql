-- One row per name and bucket of $minutes of landing, of the $days before $until (NULL: up to the
-- newest batch): the share of checks passed, with control limits. A name is a source, a table, a
-- rule or a dimension, as $by says.
-- p-chart with limits of three sigma, widened where days differ by more than chance (Laney 2002,
-- "Improved control charts for attributes", p'). Ours: buckets far above the median do not shape
-- the limits, which are drawn a second time without them; three rows more than usual are no signal;
-- there are no limits from fewer than eight buckets.
WITH counted AS (
    SELECT
        CASE $by
            WHEN 'source' THEN b.source
            WHEN 'table' THEN r.into_table
            WHEN 'rule' THEN r.into_table || ' · ' || r.rule
            WHEN 'dimension' THEN r.dimension
        END AS name,
        time_bucket(to_minutes($minutes), b.landed) AS time,
        sum(r.checked)::DOUBLE AS checked,
        sum(r.failed)::DOUBLE AS failed
    FROM quality.expectation_result AS r
    JOIN ops.batch AS b USING (batch_no)
    WHERE b.landed > coalesce($until, (SELECT max(landed) FROM ops.batch)) - to_days($days)
        AND b.landed <= coalesce($until, b.landed)
        AND b.source = coalesce($source, b.source)
    GROUP BY ALL
    HAVING sum(r.checked) > 0
),

first_centre AS (
    SELECT
        *,
        coalesce(
            nullif(median(failed / checked) OVER by_name, 0),
            sum(failed) OVER by_name / sum(checked) OVER by_name
        ) AS centre
    FROM counted
    WINDOW by_name AS (PARTITION BY name)
),

first_score AS (
    SELECT *, (failed / checked - centre) / nullif(sqrt(centre * (1 - centre) / checked), 0) AS z
    FROM first_centre
),

first_step AS (
    SELECT *, abs(z - lag(z) OVER (PARTITION BY name ORDER BY time)) AS step
    FROM first_score
),

usual AS (
    SELECT *, coalesce(z <= 3 * greatest(1, median(step) OVER by_name / 0.954), TRUE) AS is_usual
    FROM first_step
    WINDOW by_name AS (PARTITION BY name)
),

second_centre AS (
    SELECT
        name, time, checked, failed, is_usual,
        count(*) OVER by_name AS buckets,
        sum(failed) FILTER (is_usual) OVER by_name
        / sum(checked) FILTER (is_usual) OVER by_name AS centre
    FROM usual
    WINDOW by_name AS (PARTITION BY name)
),

second_score AS (
    SELECT
        *, sqrt(centre * (1 - centre) / checked) AS sigma,
        (failed / checked - centre) / nullif(sigma, 0) AS z
    FROM second_centre
),

second_step AS (
    SELECT
        *,
        CASE WHEN is_usual THEN abs(z - lag(z) OVER (PARTITION BY name, is_usual ORDER BY time)) END
            AS step
    FROM second_score
),

limits AS (
    SELECT
        *,
        greatest(
            3 * sigma * greatest(1, coalesce(avg(step) OVER by_name / 1.128, 1)), 3 / checked
        ) AS reach
    FROM second_step
    WINDOW by_name AS (PARTITION BY name)
)

SELECT
    name, time, checked::BIGINT AS checked, failed::BIGINT AS failed,
    1 - failed / checked AS passed,
    1 - centre AS centre,
    CASE WHEN buckets >= 8 THEN greatest(0, 1 - centre - reach) END AS low,
    CASE WHEN buckets >= 8 THEN least(1, 1 - centre + reach) END AS high,
    coalesce(buckets >= 8 AND 1 - failed / checked < 1 - centre - reach, FALSE) AS is_below
FROM limits
ORDER BY name, time
