-- One row per observation that a batch added: about which device and patient, and when.
SELECT observation_id, device_id, patient_id, concept, time, is_revised
FROM clinical.observation
WHERE batch_no = $batch_no
