-- One row per patient whose alerts have changed: the level of each alert that was in force just
-- before the last change. Without any in force: level NULL.
WITH changes AS (
    SELECT a.patient_id, t.alert_id, t.time, t.batch_no, t.change, t.level
    FROM alert.transition AS t
    JOIN alert.alert AS a USING (alert_id)
    WHERE a.patient_id IN (SELECT unnest($patients))
),
last_changes AS (
    SELECT patient_id, max(time) AS changed FROM changes GROUP BY patient_id
),
before AS (
    SELECT c.patient_id, arg_max(c.change, (c.time, c.batch_no)) AS change,
        arg_max(c.level, (c.time, c.batch_no)) AS level
    FROM changes AS c
    JOIN last_changes AS l ON l.patient_id = c.patient_id AND c.time < l.changed
    GROUP BY c.patient_id, c.alert_id
)
SELECT l.patient_id, l.changed, b.level
FROM last_changes AS l
LEFT JOIN before AS b ON b.patient_id = l.patient_id AND b.change <> 'resolved'
ORDER BY l.patient_id, b.level
