-- One row per device, day that is over and reading of the same concept that others made that day of
-- its patient: it judges the device's bias. Given: batch_observation.
SELECT days.device_id, day AS time, false AS is_inventoried
FROM batch_observation AS told
JOIN twin.device_day AS days USING (patient_id, concept)
WHERE date_trunc('day', time) = day AND days.device_id IS DISTINCT FROM told.device_id
