-- One row per wanted device that has told anything: its last reading, and the 24 h up to it.
-- Given: wanted_devices (device_id). Versions of one reading count once. What came before the day
-- of the last reading known so far cannot matter, so it is not read.
WITH since AS (
    SELECT min(coalesce(known.time, TIMESTAMPTZ '-infinity')) AS time
    FROM wanted_devices
    LEFT JOIN twin.device_now AS known USING (device_id)
),

readings AS (
    SELECT device_id, patient_id, time, observation_id, concept, value, arrived, batch_no
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
),

last_day AS (
    SELECT
        newest.device_id,
        newest.patient_id,
        newest.time,
        max(arrived) AS seen,
        count(DISTINCT observation_id) AS readings,
        count(DISTINCT concept) AS concepts,
        arg_max(value, (readings.time, observation_id, arrived)) FILTER (
            concept = 'device_battery'
        ) AS battery,
        arg_max(
            readings.time - to_seconds(86400 * value), (readings.time, observation_id, arrived)
        ) FILTER (concept = 'device_calibrated') AS calibrated
    FROM newest
    JOIN readings
        ON newest.device_id = readings.device_id
        AND readings.time > newest.time - INTERVAL 1 DAY
    GROUP BY ALL
),

open_faults AS (
    SELECT device_id, list(DISTINCT class ORDER BY class) AS open_faults
    FROM twin.device_fault
    WHERE end_time IS NULL
    GROUP BY device_id
)

SELECT last_day.*, kind, model, firmware, coalesce(open_faults, []) AS open_faults
FROM last_day
LEFT JOIN clinical.device_current USING (device_id)
LEFT JOIN open_faults USING (device_id)
