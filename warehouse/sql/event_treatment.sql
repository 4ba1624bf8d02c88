-- One row per treatment given of these concepts. Given: $concepts.
-- What has no stated end lasts until its encounter ends; NULL: it has not.
SELECT
    treatment.patient_id,
    treatment.start_time,
    coalesce(treatment.end_time, stay.end_time) AS end_time,
    NULL::DOUBLE AS value
FROM clinical.treatment_current AS treatment
LEFT JOIN clinical.encounter_current AS stay USING (encounter_id)
WHERE list_contains($concepts, treatment.concept)
