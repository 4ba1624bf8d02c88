-- One row per stay in a place of this kind. Given: $kind.
-- What has no stated end lasts until its encounter ends; NULL: it has not.
SELECT
    place.patient_id,
    place.start_time,
    coalesce(place.end_time, stay.end_time) AS end_time,
    NULL::DOUBLE AS value
FROM clinical.location_current AS place
LEFT JOIN clinical.encounter_current AS stay USING (encounter_id)
WHERE place.kind = $kind
