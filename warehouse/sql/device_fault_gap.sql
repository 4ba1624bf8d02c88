-- One row per empty slot between two readings of one patient by a device that tells something in
-- every slot. A longer silence than `threshold` minutes is a device taken away. It is known at the
-- reading after it. Given: device_slot, device_rule.
WITH sets AS (
    SELECT device_id, patient_id, slot, min(first) AS first
    FROM device_slot
    GROUP BY ALL
),

beside AS (
    SELECT
        *,
        lead(slot) OVER in_time AS next_slot,
        lead(first) OVER in_time AS known,
        count(*) OVER (
            PARTITION BY device_id, patient_id ORDER BY slot
            RANGE BETWEEN INTERVAL 50 MINUTE PRECEDING AND CURRENT ROW
        ) AS filled
    FROM sets
    WINDOW in_time AS (PARTITION BY device_id, patient_id ORDER BY slot)
),

gaps AS (
    SELECT *, slot + INTERVAL 10 MINUTE AS since, next_slot - slot - INTERVAL 10 MINUTE AS gap
    FROM beside
)

SELECT
    device_id, class, signal,
    unnest(generate_series(since, next_slot - INTERVAL 10 MINUTE, INTERVAL 10 MINUTE)) AS slot,
    since, known,
    to_json({'minutes_of_silence': CAST(epoch(gap) / 60 AS BIGINT)}) AS evidence
FROM gaps
JOIN device_rule ON class = 'dropout' AND signal = 'all'
WHERE
    gap >= to_minutes(minutes) AND gap <= to_minutes(CAST(threshold AS BIGINT))
    AND filled >= fewest
