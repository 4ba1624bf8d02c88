-- One row per slot in which a device sends sets again with a new time.
-- A set that never changes is frozen, not sent twice. Given: device_reading, device_rule.
WITH sets AS (
    SELECT device_id, patient_id, time, sum(CAST(hash(signal, value) AS HUGEINT)) AS content
    FROM device_reading
    WHERE signal IN ('heart_rate', 'pulse', 'respiratory_rate', 'spo2')
    GROUP BY ALL
    HAVING count(*) >= 3
),

beside AS (
    SELECT
        *,
        make_timestamptz(epoch_us(time) // 600000000 * 600000000) AS slot,
        content = lag(content) OVER in_time
        AND epoch_us(time) - lag(epoch_us(time)) OVER in_time <= 600000000 AS is_repeat
    FROM sets
    WINDOW in_time AS (PARTITION BY device_id, patient_id ORDER BY time)
),

slots AS (
    SELECT
        device_id, patient_id, slot, count(*) AS sets, max(time) AS last,
        count(*) FILTER (is_repeat) AS repeats, count(DISTINCT content) AS contents
    FROM beside
    GROUP BY ALL
),

windows AS (
    SELECT
        *,
        sum(sets) OVER recent AS told,
        sum(CASE WHEN 4 * contents >= sets THEN repeats ELSE 0 END) OVER recent AS repeated,
        sum(contents) OVER recent AS different,
        min(slot) OVER recent AS since
    FROM slots
    WINDOW recent AS (
        PARTITION BY device_id, patient_id ORDER BY slot
        RANGE BETWEEN INTERVAL 50 MINUTE PRECEDING AND CURRENT ROW
    )
)

SELECT
    device_id, class, signal, slot, since, last AS known,
    to_json({
        'sets': CAST(told AS BIGINT), 'repeated': CAST(repeated AS BIGINT),
        'different': CAST(different AS BIGINT)
    }) AS evidence
FROM windows
JOIN device_rule ON class = 'duplicated'
WHERE repeated >= threshold * told AND different >= fewest AND told >= 2 * fewest
