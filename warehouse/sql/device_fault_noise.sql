-- One row per slot in which a signal jumps from reading to reading as no body does.
-- One great step is none: every slot must jump. Where a second source of the same concept jumps half
-- as much, it is the heart and not the device.
-- Given: device_slot, device_rule, device_pair (signal, second).
WITH windows AS (
    SELECT
        device_id, patient_id, signal, slot, last,
        sum(readings) OVER recent AS told,
        CAST(sum(steps) OVER recent AS DOUBLE) / sum(readings) OVER recent AS jump,
        min(CAST(steps AS DOUBLE) / readings) OVER recent AS least_jump,
        min(slot) OVER recent AS since
    FROM device_slot
    WINDOW recent AS (
        PARTITION BY device_id, patient_id, signal ORDER BY slot
        RANGE BETWEEN INTERVAL 20 MINUTE PRECEDING AND CURRENT ROW
    )
)

SELECT
    windows.device_id, class, signal, slot, since, last AS known,
    to_json({'readings': CAST(told AS BIGINT), 'mean_jump': round(jump, 1)}) AS evidence
FROM windows
JOIN device_rule USING (signal)
WHERE
    class = 'noise' AND jump >= threshold AND told >= fewest
    AND least_jump >= 0.7 * threshold
    AND NOT EXISTS (
        SELECT * FROM windows AS beside
        JOIN device_pair
            ON device_pair.second = beside.signal AND device_pair.signal = windows.signal
        WHERE
            beside.device_id = windows.device_id AND beside.patient_id = windows.patient_id
            AND beside.slot = windows.slot AND beside.jump >= threshold / 2
    )
