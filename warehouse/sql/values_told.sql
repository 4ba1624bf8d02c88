-- One row per value of a concept (in its unit), or under a source's own code (as sent), of a person,
-- in its newest version, in order of person and time.
-- Given: $concept or $source_code (as it is stored), the other one NULL; $patient or NULL for
-- everybody.
SELECT
    coalesce(alias.person_id, newest.patient_id) AS patient_id,
    newest.time,
    CASE WHEN $concept IS NULL THEN newest.source_value ELSE newest.value END AS value
FROM (
    SELECT * FROM clinical.observation
    WHERE concept = $concept OR source_code = $source_code
        OR observation_id IN (SELECT observation_id FROM clinical.observation WHERE is_revised)
    QUALIFY row_number() OVER (
        PARTITION BY observation_id ORDER BY arrived DESC, batch_no DESC, time DESC
    ) = 1
) AS newest
LEFT JOIN clinical.person AS alias ON newest.patient_id = alias.patient_id
WHERE (concept = $concept OR source_code = $source_code)
    AND CASE WHEN $concept IS NULL THEN source_value ELSE newest.value END IS NOT NULL
    AND ($patient IS NULL OR coalesce(alias.person_id, newest.patient_id) = $patient)
ORDER BY ALL
