-- One row per slot in which a device's time lies steadily off the arrival.
-- Late but unsteady is a slow network; steady to the very second was declared and not measured.
-- Given: device_slot, device_rule.
WITH sets AS (
    SELECT
        device_id, slot, sum(readings) AS readings, max(last) AS last,
        min(soonest) AS soonest, max(latest) AS latest
    FROM device_slot
    GROUP BY ALL
),

windows AS (
    SELECT
        *,
        sum(readings) OVER recent AS told,
        min(soonest) OVER recent AS least_lag,
        max(latest) OVER recent AS greatest_lag,
        min(slot) OVER recent AS since
    FROM sets
    WINDOW recent AS (
        PARTITION BY device_id ORDER BY slot
        RANGE BETWEEN INTERVAL 50 MINUTE PRECEDING AND CURRENT ROW
    )
)

SELECT
    device_id, class, signal, slot, since, last AS known,
    to_json({
        'readings': CAST(told AS BIGINT), 'least_lag_seconds': round(least_lag),
        'greatest_lag_seconds': round(greatest_lag)
    }) AS evidence
FROM windows
JOIN device_rule ON class = 'clock_skew'
WHERE
    (least_lag >= threshold OR greatest_lag <= -threshold)
    AND greatest_lag - least_lag BETWEEN 0.001 AND 60
    AND told >= fewest AND slot - since >= to_minutes(minutes - 10)
