-- One row per touched device, patient, signal and ten minutes in which it told anything.
-- A step is the change from the reading before, if that is no older than a slot. Sums are exact
-- (DECIMAL), so that they are the same in whatever order they are made. Given: device_reading.
WITH steps AS (
    SELECT
        *,
        CASE
            WHEN epoch_us(time) - lag(epoch_us(time)) OVER in_time <= 600000000
            THEN abs(value - lag(value) OVER in_time)
        END AS step
    FROM device_reading
    WINDOW in_time AS (PARTITION BY device_id, patient_id, signal ORDER BY time, observation_id)
)

SELECT
    device_id,
    patient_id,
    signal,
    make_timestamptz(epoch_us(time) // 600000000 * 600000000) AS slot,
    count(*) AS readings,
    min(time) AS first,
    max(time) AS last,
    min(value) AS low,
    max(value) AS high,
    sum(CAST(value AS DECIMAL(12, 3))) AS total,
    sum(CAST(step AS DECIMAL(12, 3))) AS steps,
    min(step) FILTER (step > 0) AS smallest_step,
    count(*) FILTER (step > 0) AS changes,
    min(seconds) AS soonest,
    max(seconds) AS latest
FROM steps
GROUP BY ALL
