-- One row per patient id whose rows count for a wanted person, the person's own among them.
-- Given: wanted_ids (patient_id), of whatever number of a person.
WITH persons AS (
    SELECT DISTINCT coalesce(alias.person_id, wanted.patient_id) AS patient_id
    FROM wanted_ids AS wanted
    LEFT JOIN clinical.person AS alias ON wanted.patient_id = alias.patient_id
)

SELECT patient_id AS member_id, patient_id FROM persons
UNION
SELECT alias.patient_id AS member_id, alias.person_id AS patient_id
FROM clinical.person AS alias
SEMI JOIN persons ON alias.person_id = persons.patient_id
