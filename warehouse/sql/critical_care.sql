-- One row per patient and period in intensive care, on a vasopressor or ventilated invasively.
-- critical_treatments (concept) is given. What has no stated end lasts until its stay ends.
WITH periods AS (
    SELECT patient_id, encounter_id, start_time, end_time
    FROM clinical.location_current
    WHERE kind = 'icu'
    UNION ALL
    SELECT patient_id, encounter_id, start_time, end_time
    FROM clinical.treatment_current
    WHERE concept IN (SELECT concept FROM critical_treatments)
)

SELECT
    periods.patient_id,
    periods.start_time,
    coalesce(periods.end_time, stay.end_time, TIMESTAMPTZ 'infinity') AS end_time
FROM periods
LEFT JOIN clinical.encounter_current AS stay USING (encounter_id)
