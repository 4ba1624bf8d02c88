-- One row per wanted patient with any observation: the instant of their twin, their last arrival,
-- of a value or of a personal limit.
-- A value that was given to another patient since has arrived for both.
-- Given: wanted_members (member_id, patient_id), and $since, a batch whose predecessors are all in
-- the stored instants; 0 takes nothing from what is stored.
WITH revised AS (
    SELECT DISTINCT observation_id
    FROM clinical.observation
    WHERE is_revised = true AND batch_no >= $since
),

versions AS MATERIALIZED (
    SELECT observation_id, patient_id, arrived
    FROM clinical.observation
    SEMI JOIN revised USING (observation_id)
),

arrivals AS (
    SELECT patient_id AS member_id, arrived AS time, true AS is_observed
    FROM clinical.observation
    WHERE batch_no >= $since
    UNION ALL
    SELECT one.patient_id AS member_id, other.arrived AS time, true AS is_observed
    FROM versions AS one
    JOIN versions AS other USING (observation_id)
    WHERE one.patient_id <> other.patient_id
    UNION ALL
    SELECT patient_id AS member_id, arrived AS time, false AS is_observed
    FROM clinical.personal_limit
    WHERE batch_no >= $since
    UNION ALL
    SELECT patient_id AS member_id, time, true AS is_observed
    FROM twin.patient_now
    WHERE $since > 0
)

SELECT wanted_members.patient_id, max(time) AS time
FROM arrivals
JOIN wanted_members USING (member_id)
GROUP BY wanted_members.patient_id
HAVING bool_or(is_observed)
