-- One row per touched device, patient, signal and UTC day that is over.
-- Others are charts, other devices and other sensors of the same concept, in the same clock hour.
-- Given: device_reading, device_touched, device_codes, device_revised; device_rule names the
-- concepts whose bias is looked for.
WITH own AS (
    SELECT
        device_id, patient_id, concept, signal,
        make_timestamptz(epoch_us(time) // 3600000000 * 3600000000) AS hour,
        count(*) AS readings,
        max(value) AS high,
        CAST(sum(CAST(value AS DECIMAL(12, 3))) AS DOUBLE) / count(*) AS mean,
        arg_min(value, (time, observation_id)) FILTER (concept = 'device_battery')
        - arg_max(value, (time, observation_id)) FILTER (concept = 'device_battery') AS fall
    FROM device_reading
    JOIN device_touched USING (device_id)
    WHERE time >= days_since AND time < days_until
    GROUP BY ALL
),

of_patients AS (
    SELECT
        told.device_id, told.patient_id, told.concept,
        coalesce(device_codes.signal, told.concept) AS signal,
        make_timestamptz(epoch_us(told.time) // 3600000000 * 3600000000) AS hour,
        told.value
    FROM clinical.observation AS told
    LEFT JOIN device_codes USING (source_code)
    LEFT JOIN device_revised AS newest ON told.observation_id = newest.observation_id
    WHERE
        told.time >= (SELECT min(hour) FROM own)
        AND told.time < (SELECT max(hour) + INTERVAL 1 HOUR FROM own)
        AND told.patient_id IN (SELECT patient_id FROM own)
        AND told.concept IN (SELECT signal FROM device_rule WHERE class = 'drift')
        AND told.value IS NOT NULL
        AND (
            newest.observation_id IS NULL
            OR (newest.arrived = told.arrived AND newest.batch_no = told.batch_no)
        )
),

told AS (
    SELECT
        device_id, patient_id, concept, signal, hour,
        sum(CAST(value AS DECIMAL(12, 3))) AS total, count(*) AS readings
    FROM of_patients
    GROUP BY ALL
),

others AS (
    SELECT
        own.device_id, own.patient_id, own.signal, own.hour,
        CAST(sum(total) AS DOUBLE) / sum(told.readings) AS mean
    FROM own
    JOIN told
        ON told.patient_id = own.patient_id AND told.concept = own.concept
        AND told.hour = own.hour
        AND (told.device_id IS DISTINCT FROM own.device_id OR told.signal <> own.signal)
    GROUP BY ALL
)

SELECT
    device_id, patient_id, concept, signal, date_trunc('day', hour) AS day,
    CAST(sum(readings) AS BIGINT) AS readings,
    max(high) AS high,
    max(fall) AS fall,
    count(others.mean) AS hours,
    CAST(sum(CAST(own.mean - others.mean AS DECIMAL(12, 3))) AS DOUBLE) / nullif(hours, 0) AS bias
FROM own
LEFT JOIN others USING (device_id, patient_id, signal, hour)
GROUP BY ALL
