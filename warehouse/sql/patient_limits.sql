-- One row per concept for which a person has set something for the patient, known by any of their
-- numbers: the newest word, unless that one ended it. It may have expired. Who and why: ciphertext.
SELECT concept, low, high, until, arrived, who, why
FROM (
    SELECT limits.*
    FROM clinical.personal_limit AS limits
    LEFT JOIN clinical.person AS alias ON limits.patient_id = alias.patient_id
    WHERE coalesce(alias.person_id, limits.patient_id) = (
        SELECT coalesce(max(person_id), $patient) FROM clinical.person WHERE patient_id = $patient
    )
    QUALIFY row_number() OVER (
        PARTITION BY concept ORDER BY arrived DESC, is_retracted DESC, decision_id
    ) = 1
)
WHERE NOT is_retracted
ORDER BY concept
