-- One row per flagged slot, and whether it is technical or clinical: device and patient judged together.
-- It is clinical where a sign from another sensor has moved with it (its mean over 20 minutes against
-- that of the hours before), or is alarming by itself. Given: found_flag, device_slot, device_rule, device_signal,
-- $look_back (minutes).
WITH means AS (
    SELECT
        device_id, signal, slot,
        CAST(sum(total) OVER now AS DOUBLE) / sum(readings) OVER now AS mean,
        CAST(sum(total) OVER before AS DOUBLE) / sum(readings) OVER before AS mean_before
    FROM device_slot
    WINDOW
        now AS (
            PARTITION BY device_id, patient_id, signal ORDER BY slot
            RANGE BETWEEN INTERVAL 10 MINUTE PRECEDING AND CURRENT ROW
        ),
        before AS (
            PARTITION BY device_id, patient_id, signal ORDER BY slot
            RANGE BETWEEN to_minutes($look_back) PRECEDING AND INTERVAL 60 MINUTE PRECEDING
        )
),

moving AS (
    SELECT device_id, slot, sensor
    FROM means
    JOIN device_signal USING (signal)
    WHERE
        abs(mean - mean_before) >= moved
        OR mean <= alarming_low OR mean >= alarming_high
)

SELECT
    flag.*,
    CASE
        WHEN rule.verdict = 'judged' AND EXISTS (
            SELECT * FROM moving
            WHERE
                moving.device_id = flag.device_id AND moving.slot = flag.slot
                AND moving.sensor <> own.sensor
        )
        THEN 'clinical'
        ELSE 'technical'
    END AS verdict
FROM found_flag AS flag
JOIN device_rule AS rule USING (class, signal)
LEFT JOIN device_signal AS own USING (signal)
QUALIFY row_number() OVER (
    PARTITION BY device_id, class, signal, slot ORDER BY since, known, evidence
) = 1
