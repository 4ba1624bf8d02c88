-- One row per measurement of a sign that is drawn, newest version, from $since on. Of a dense
-- series (a monitor) only the lowest and the highest of each five minutes: what the eye can tell
-- apart on a chart of 48 h. Nothing is averaged.
WITH newest AS (
    SELECT observation_id, concept, time, value, device_id IS NOT NULL AS is_device
    FROM clinical.observation
    WHERE (patient_id = $patient OR patient_id IN (
            SELECT patient_id FROM clinical.person WHERE person_id = $patient))
        AND time >= $since
    QUALIFY row_number() OVER (PARTITION BY observation_id ORDER BY arrived DESC, batch_no DESC) = 1
)
SELECT concept, time, value, is_device
FROM newest
WHERE value IS NOT NULL AND concept IN (SELECT unnest($concepts))
WINDOW five_minutes AS (
    PARTITION BY concept, is_device, time_bucket(INTERVAL 5 MINUTE, time)
)
QUALIFY NOT is_device
    OR row_number() OVER (five_minutes ORDER BY value, time, observation_id) = 1
    OR row_number() OVER (five_minutes ORDER BY value DESC, time, observation_id) = 1
ORDER BY concept, time, is_device, observation_id
