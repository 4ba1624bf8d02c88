-- One row per value of a patient as it was known at an instant: the newest version that had arrived
-- by then, in order of time. A value that had been taken back by then is left out.
SELECT observation_id, time, arrived, concept, source_code, value, unit, source_unit, batch_no
FROM (
    SELECT *
    FROM clinical.observation
    WHERE patient_id IN (
            SELECT $patient
            UNION
            SELECT patient_id FROM clinical.person WHERE person_id = $patient
        )
        AND time <= $at AND arrived <= $at
        AND ($batch_no IS NULL OR batch_no <= $batch_no)
    QUALIFY row_number() OVER (
        PARTITION BY observation_id ORDER BY arrived DESC, batch_no DESC, time DESC, value DESC
    ) = 1
)
WHERE concept IS NULL OR value IS NOT NULL
ORDER BY time, concept, observation_id
