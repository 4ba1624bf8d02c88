-- One row per patient known, and per bed and stay: whose bed it was, and when.
-- key is "ward / bed", and the bed alone where only one ward has a bed of that name.
WITH beds AS (
    SELECT member_id AS patient_id, encounter_id, ward, bed, start_time, end_time
    FROM clinical.location_current
    WHERE bed IS NOT NULL
),

lone_beds AS (
    SELECT bed FROM beds GROUP BY bed HAVING count(DISTINCT coalesce(ward, '')) = 1
)

SELECT ward || ' / ' || bed AS key, patient_id, encounter_id, start_time, end_time
FROM beds
WHERE ward IS NOT NULL
UNION ALL
SELECT bed AS key, patient_id, encounter_id, start_time, end_time
FROM beds
WHERE bed IN (SELECT bed FROM lone_beds)
UNION ALL
SELECT DISTINCT NULL AS key, patient_id, NULL AS encounter_id, NULL AS start_time, NULL AS end_time
FROM clinical.patient
