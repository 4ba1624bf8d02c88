-- One row per wanted device that has told anything: its last reading, and the 24 h up to it.
-- Given: wanted_devices (device_id). Versions of one reading count once. What came before the day
-- of the last reading known so far cannot matter, so it is not read.
WITH since AS (
    SELECT min(coalesce(known.time, TIMESTAMPTZ '-infinity')) AS time
    FROM wanted_devices
    LEFT JOIN twin.device_now AS known USING (device_id)
),

readings AS (
    SELECT device_id, patient_id, time, observation_id, concept, arrived, batch_no
    FROM clinical.observation
    SEMI JOIN wanted_devices USING (device_id)
    WHERE time > (SELECT time - INTERVAL 1 DAY FROM since)
),

newest AS (
    SELECT device_id, patient_id, time
    FROM readings
    QUALIFY row_number() OVER (
        PARTITION BY device_id
        ORDER BY time DESC, observation_id DESC, arrived DESC, batch_no DESC
    ) = 1
)

SELECT
    newest.device_id,
    newest.patient_id,
    newest.time,
    count(DISTINCT observation_id) AS readings,
    count(DISTINCT concept) AS concepts
FROM newest
JOIN readings
    ON newest.device_id = readings.device_id
    AND readings.time > newest.time - INTERVAL 1 DAY
GROUP BY ALL
