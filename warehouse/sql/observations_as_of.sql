-- One row per value of a patient as it was known at an instant: the newest version that had arrived
-- by then, in order of time. A value that had been taken back by then is left out, and so is one
-- that a later version gave to somebody else, or to a later time.
WITH members AS (
    SELECT $patient AS patient_id
    UNION
    SELECT patient_id FROM clinical.person WHERE person_id = $patient
),

told AS (
    SELECT DISTINCT observation_id FROM clinical.observation SEMI JOIN members USING (patient_id)
),

newest AS (
    SELECT *
    FROM clinical.observation
    SEMI JOIN told USING (observation_id)
    WHERE arrived <= $at AND ($batch_no IS NULL OR batch_no <= $batch_no)
    QUALIFY row_number() OVER (
        PARTITION BY observation_id
        ORDER BY arrived DESC, batch_no DESC, time DESC, value DESC NULLS FIRST
    ) = 1
)

SELECT observation_id, time, arrived, concept, source_code, value, unit, source_unit, batch_no
FROM newest
SEMI JOIN members USING (patient_id)
WHERE time <= $at AND (concept IS NULL OR value IS NOT NULL)
ORDER BY time, concept, observation_id
