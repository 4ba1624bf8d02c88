-- One row per asked twin and sign whose limit is in force at the twin's instant: the newest word on
-- that sign of that person that had been said by then, if it is no end and has not expired.
-- Given: asked_twins (patient_id, time).
WITH said AS (
    SELECT twin.patient_id, twin.time, limits.* EXCLUDE (patient_id)
    FROM clinical.personal_limit AS limits
    LEFT JOIN clinical.person AS alias ON limits.patient_id = alias.patient_id
    JOIN asked_twins AS twin
        ON coalesce(alias.person_id, limits.patient_id) = twin.patient_id
        AND limits.arrived <= twin.time
    WHERE limits.concept <> 'spo2_scale'
),

newest AS (
    SELECT * FROM said
    QUALIFY row_number() OVER (
        PARTITION BY patient_id, concept ORDER BY arrived DESC, is_retracted DESC, decision_id
    ) = 1
)

SELECT patient_id, concept, low, high
FROM newest
WHERE NOT is_retracted AND time < until
ORDER BY patient_id, concept
