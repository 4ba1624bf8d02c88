-- One row per patient whose twin's history a batch touches: since when, and until when.
-- A value counts for as long as its concept looks back, a stay or a person for good; what an
-- earlier version said is touched too.
-- Given: look_back (concept, hours), $batch_no.
WITH changed AS (
    SELECT patient_id, time AS since, time + to_hours(hours) AS until
    FROM clinical.observation
    JOIN look_back USING (concept)
    WHERE observation_id IN (
        SELECT observation_id FROM clinical.observation WHERE batch_no = $batch_no
    )
    UNION ALL
    SELECT patient_id, start_time - INTERVAL 1 HOUR AS since, TIMESTAMPTZ 'infinity' AS until
    FROM clinical.encounter
    WHERE encounter_id IN (
        SELECT encounter_id FROM clinical.encounter WHERE batch_no = $batch_no
    )
    UNION ALL
    SELECT patient_id, TIMESTAMPTZ '-infinity' AS since, TIMESTAMPTZ 'infinity' AS until
    FROM clinical.patient
    WHERE batch_no = $batch_no
    UNION ALL
    SELECT unnest([patient_id, into_id]) AS patient_id,
        TIMESTAMPTZ '-infinity' AS since, TIMESTAMPTZ 'infinity' AS until
    FROM clinical.link
    WHERE batch_no = $batch_no
),

-- of the person, and of a number that has just been linked: its own history ends
of_persons AS (
    SELECT changed.* REPLACE (coalesce(alias.person_id, changed.patient_id) AS patient_id)
    FROM changed
    LEFT JOIN clinical.person AS alias ON changed.patient_id = alias.patient_id
    UNION ALL
    FROM changed
)

SELECT patient_id, min(since) AS since, max(until) AS until
FROM of_persons
GROUP BY patient_id
ORDER BY patient_id
