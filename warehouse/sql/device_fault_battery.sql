-- One row per device and day: its battery empties ever faster, or its calibration is overdue.
-- Given: device_changed (device_id), device_rule.
WITH days AS (
    SELECT device_id, signal, day, max(high) AS high, max(fall) AS fall
    FROM twin.device_day
    SEMI JOIN device_changed USING (device_id)
    WHERE signal IN ('device_battery', 'device_calibrated')
    GROUP BY ALL
),

levels AS (
    SELECT
        *,
        median(fall) OVER (in_time RANGE BETWEEN INTERVAL 2 DAY PRECEDING AND CURRENT ROW) AS now,
        median(fall) OVER (
            in_time RANGE BETWEEN INTERVAL 13 DAY PRECEDING AND INTERVAL 6 DAY PRECEDING
        ) AS before
    FROM days
    WHERE signal = 'device_battery' AND fall >= 1
    WINDOW in_time AS (PARTITION BY device_id ORDER BY day)
)

SELECT
    device_id, class, signal, day AS slot, day - INTERVAL 6 DAY AS since,
    day + INTERVAL 1 DAY AS known,
    to_json({
        'percent_an_hour': round(now, 1), 'a_week_before': round(before, 1),
        'hours_to_empty': round(100 / now, 1)
    }) AS evidence
FROM levels
JOIN device_rule USING (signal)
WHERE class = 'battery_decay' AND now >= threshold * before AND 100 / now <= fewest
UNION ALL
SELECT
    device_id, class, signal, day AS slot, day AS since, day + INTERVAL 1 DAY AS known,
    to_json({'days_since_calibration': high}) AS evidence
FROM days
JOIN device_rule USING (signal)
WHERE class = 'calibration' AND high >= threshold
