-- One row per reading of a touched device in its span, in its newest version.
-- Given: device_touched, device_codes (source_code, signal), device_revised.
SELECT
    told.device_id,
    told.patient_id,
    told.concept,
    coalesce(device_codes.signal, told.concept) AS signal,
    told.time,
    told.observation_id,
    (epoch_us(told.arrived) - epoch_us(told.time)) / 1000000 AS seconds,
    told.value
FROM clinical.observation AS told
JOIN device_touched AS touched
    ON told.device_id = touched.device_id AND told.time >= read_since AND told.time < read_until
LEFT JOIN device_revised AS newest ON told.observation_id = newest.observation_id
LEFT JOIN device_codes USING (source_code)
WHERE
    told.time >= (SELECT min(read_since) FROM device_touched)
    AND told.time < (SELECT max(read_until) FROM device_touched)
    AND told.concept IS NOT NULL AND told.value IS NOT NULL
    AND (
        newest.observation_id IS NULL
        OR (newest.arrived = told.arrived AND newest.batch_no = told.batch_no)
    )
