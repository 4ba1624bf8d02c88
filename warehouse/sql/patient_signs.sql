-- One row per measurement of a sign that is drawn, newest version, from $since on. Of a dense
-- series (a monitor) only the lowest and the highest of each five minutes: what the eye can tell
-- apart on a chart of 48 h. Nothing is averaged.
WITH members AS (
    SELECT $patient AS patient_id
    UNION
    SELECT patient_id FROM clinical.person WHERE person_id = $patient
),

told AS (
    SELECT observation_id, patient_id, arrived, batch_no, concept, time, value, device_id
    FROM clinical.observation
    SEMI JOIN members USING (patient_id)
    WHERE time >= $since
),

-- where a value has several versions, one of them is marked: the newest may be somebody else's
elsewhere AS (
    SELECT observation_id, patient_id, arrived, batch_no, concept, time, value, device_id
    FROM clinical.observation
    WHERE observation_id IN (
            SELECT observation_id FROM clinical.observation WHERE is_revised
            INTERSECT
            SELECT observation_id FROM told
        )
),

newest AS (
    SELECT observation_id, patient_id, concept, time, value, device_id IS NOT NULL AS is_device
    FROM (FROM told UNION FROM elsewhere)
    QUALIFY row_number() OVER (
        PARTITION BY observation_id
        ORDER BY arrived DESC, batch_no DESC, time DESC, value DESC NULLS FIRST
    ) = 1
)

SELECT concept, time, value, is_device
FROM newest
SEMI JOIN members USING (patient_id)
WHERE time >= $since AND value IS NOT NULL AND concept IN (SELECT unnest($concepts))
WINDOW five_minutes AS (
    PARTITION BY concept, is_device, time_bucket(INTERVAL 5 MINUTE, time)
)
QUALIFY NOT is_device
    OR row_number() OVER (five_minutes ORDER BY value, time, observation_id) = 1
    OR row_number() OVER (five_minutes ORDER BY value DESC, time, observation_id) = 1
ORDER BY concept, time, is_device, observation_id
