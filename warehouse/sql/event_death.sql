-- One row per record that tells of a death: a stay's, or the patient's own.
SELECT
    patient_id, death_time AS start_time, NULL::TIMESTAMPTZ AS end_time, NULL::DOUBLE AS value
FROM clinical.encounter_current
WHERE death_time IS NOT NULL
UNION ALL
SELECT patient_id, death_time, NULL, NULL
FROM clinical.patient_current
WHERE death_time IS NOT NULL
