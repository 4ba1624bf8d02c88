-- One row per observation that was revised since the touched span began: its newest version.
-- No version arrives more than a day before its own time. Given: device_touched.
SELECT observation_id, arrived, batch_no
FROM clinical.observation
WHERE observation_id IN (
    SELECT observation_id
    FROM clinical.observation
    WHERE
        is_revised = true
        AND arrived > (SELECT min(read_since) - INTERVAL 1 DAY FROM device_touched)
)
AND arrived > (SELECT min(read_since) - INTERVAL 1 DAY FROM device_touched)
QUALIFY row_number() OVER (PARTITION BY observation_id ORDER BY arrived DESC, batch_no DESC) = 1
