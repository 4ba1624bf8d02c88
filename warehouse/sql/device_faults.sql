-- One row per touched device, failure class, signal and start: flags no further apart than the rule
-- says are one fault. It lasts while no slot beyond that is over. One clinical flag makes it
-- clinical. Given: device_touched, device_rule.
WITH flags AS (
    SELECT flag.*, open_slot, apart_minutes
    FROM twin.device_flag AS flag
    JOIN device_touched USING (device_id)
    JOIN device_rule USING (class, signal)
),

begun AS (
    SELECT *, coalesce(slot - lag(slot) OVER in_time > to_minutes(apart_minutes), true) AS is_first
    FROM flags
    WINDOW in_time AS (PARTITION BY device_id, class, signal ORDER BY slot)
),

numbered AS (
    SELECT *, count(*) FILTER (is_first) OVER (
        PARTITION BY device_id, class, signal ORDER BY slot
    ) AS spell
    FROM begun
)

SELECT
    device_id, class, signal,
    arg_min(since, slot) AS start_time,
    CASE
        WHEN max(slot) + to_minutes(any_value(apart_minutes)) < any_value(open_slot)
        THEN max(known)
    END AS end_time,
    arg_min(known, slot) AS detected,
    CASE WHEN bool_or(verdict = 'clinical') THEN 'clinical' ELSE 'technical' END AS verdict,
    arg_min(evidence, slot) AS evidence
FROM numbered
GROUP BY device_id, class, signal, spell
