-- One row per slot in which a signal lies implausibly low, having been much higher not long before.
-- Given: device_slot, device_rule, $look_back (minutes).
WITH windows AS (
    SELECT
        *,
        CAST(total AS DOUBLE) / readings AS mean,
        max(high) OVER (
            PARTITION BY device_id, patient_id, signal ORDER BY slot
            RANGE BETWEEN to_minutes($look_back) PRECEDING AND INTERVAL 10 MINUTE PRECEDING
        ) AS before
    FROM device_slot
)

SELECT
    device_id, class, signal, slot, slot AS since, last AS known,
    to_json({'readings': readings, 'mean': round(mean, 1), 'before': before}) AS evidence
FROM windows
JOIN device_rule USING (signal)
WHERE class = 'probe_off' AND mean <= threshold AND readings >= fewest AND before - mean >= 12
