-- One row per fault of a device that lasts, or ended within the 7 days up to its last reading.
-- $patient: only of devices that measured this patient last; NULL: of all.
SELECT fault.* RENAME (class AS failure)
FROM twin.device_fault AS fault
JOIN twin.device_now AS device USING (device_id)
WHERE coalesce(fault.end_time, device.time) > device.time - INTERVAL 7 DAY
    AND ($patient IS NULL OR device.patient_id = $patient)
ORDER BY fault.end_time IS NULL DESC, fault.detected DESC, device_id, failure, signal
