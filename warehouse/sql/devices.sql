-- One row per device that has told anything: its twin, whose it is, and where its patient lies.
SELECT device.*, named.source, named.native_id, place.ward, place.bed
FROM twin.device_now AS device
LEFT JOIN clinical.identity AS named ON named.kind = 'device' AND named.id = device.device_id
LEFT JOIN (
    SELECT patient_id, ward, bed
    FROM clinical.location_current
    WHERE kind <> 'discharged' AND end_time IS NULL
    QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY start_time DESC) = 1
) AS place USING (patient_id)
