-- One row per device, signal and day on which it lies off what others measure: since its firmware
-- changed, more every day (drift), or steadily (calibration); the first of these that fits.
-- A jump makes no drift: most of its growth lies within two days.
-- Given: device_changed (device_id), device_rule.
WITH days AS (
    SELECT
        device_id, signal, day,
        CAST(
            CAST(sum(CAST(bias * hours AS DECIMAL(18, 3))) AS DOUBLE) / sum(hours)
            AS DECIMAL(12, 3)
        ) AS bias
    FROM twin.device_day
    SEMI JOIN device_changed USING (device_id)
    WHERE hours > 0
    GROUP BY ALL
    HAVING sum(hours) >= 2
),

jumps AS (
    SELECT *, bias - first_value(bias) OVER (
        PARTITION BY device_id, signal ORDER BY day
        RANGE BETWEEN INTERVAL 2 DAY PRECEDING AND CURRENT ROW
    ) AS jump
    FROM days
),

levels AS (
    SELECT
        *,
        avg(bias) OVER (in_time RANGE BETWEEN INTERVAL 2 DAY PRECEDING AND CURRENT ROW) AS level,
        count(*) OVER (in_time RANGE BETWEEN INTERVAL 2 DAY PRECEDING AND CURRENT ROW) AS told,
        avg(bias) OVER (in_time RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW) AS now,
        avg(bias) OVER (
            in_time RANGE BETWEEN INTERVAL 6 DAY PRECEDING AND INTERVAL 5 DAY PRECEDING
        ) AS before,
        max(abs(jump)) OVER (
            in_time RANGE BETWEEN INTERVAL 4 DAY PRECEDING AND CURRENT ROW
        ) AS greatest_jump
    FROM jumps
    WINDOW in_time AS (PARTITION BY device_id, signal ORDER BY day)
),

updates AS (
    SELECT device_id, date_trunc('day', arrived) AS updated
    FROM clinical.device
    SEMI JOIN device_changed USING (device_id)
    WHERE firmware IS NOT NULL AND arrived IS NOT NULL
    QUALIFY firmware <> lag(firmware) OVER (PARTITION BY device_id ORDER BY arrived, batch_no)
),

since_update AS (
    SELECT
        levels.device_id, levels.signal, levels.day, updated,
        avg(held.bias) FILTER (held.day < updated) AS bias_before,
        avg(held.bias) FILTER (
            held.day > updated AND held.day <= updated + INTERVAL 3 DAY
        ) AS bias_at_first,
        avg(held.bias) FILTER (
            held.day > updated AND held.day >= levels.day - INTERVAL 2 DAY
        ) AS bias_after,
        count(*) FILTER (held.day > updated) AS days_after
    FROM levels
    ASOF JOIN updates ON levels.device_id = updates.device_id AND levels.day > updates.updated
    JOIN days AS held
        ON held.device_id = levels.device_id AND held.signal = levels.signal
        AND (
            held.day BETWEEN updated - INTERVAL 5 DAY AND updated - INTERVAL 1 DAY
            OR held.day BETWEEN updated + INTERVAL 1 DAY AND levels.day
        )
    GROUP BY ALL
),

signatures AS (
    SELECT
        device_id, 'firmware_bias' AS class, signal, day, updated AS since,
        least(abs(bias_at_first - bias_before), abs(bias_after - bias_before)) AS size,
        days_after AS told, 1 AS rank
    FROM since_update
    UNION ALL
    SELECT
        device_id, 'drift' AS class, signal, day, day - INTERVAL 6 DAY AS since,
        abs(now - before) / 5 AS size, 3 AS told, 2 AS rank
    FROM levels
    WHERE greatest_jump <= 0.75 * abs(now - before)
    UNION ALL
    SELECT
        device_id, 'calibration' AS class, signal, day, day - INTERVAL 2 DAY AS since,
        abs(level) AS size, told, 3 AS rank
    FROM levels
)

SELECT
    device_id, class, signal, day AS slot, since, day + INTERVAL 1 DAY AS known,
    to_json({'size': round(size, 2), 'days': told}) AS evidence
FROM signatures
JOIN device_rule USING (class, signal)
WHERE size >= threshold AND told >= fewest
QUALIFY row_number() OVER (PARTITION BY device_id, signal, day ORDER BY rank) = 1
