-- One row per version of what a batch revised, whichever batch added it. Given: batch_observation.
SELECT observation_id, device_id, patient_id, concept, time, is_revised
FROM clinical.observation
WHERE observation_id IN (SELECT observation_id FROM batch_observation WHERE is_revised)
