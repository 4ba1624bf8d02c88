-- One row per patient id that is linked to another: the person that it stands for, whoever else
-- is linked to them. In a chain the last number stays; where that does not tell (two last ones, a
-- ring) the least does.
WITH RECURSIVE linked AS (
    SELECT patient_id, into_id
    FROM (
        SELECT * FROM clinical.link
        QUALIFY row_number() OVER (
            PARTITION BY link_id ORDER BY arrived DESC, batch_no DESC, is_linked, into_id
        ) = 1
    )
    WHERE is_linked
),

pairs AS (
    SELECT patient_id AS one, into_id AS other FROM linked
    UNION
    SELECT into_id AS one, patient_id AS other FROM linked
),

reached AS (
    SELECT one AS patient_id, one AS member_id FROM pairs
    UNION
    SELECT reached.patient_id, pairs.other AS member_id
    FROM reached
    JOIN pairs ON reached.member_id = pairs.one
)

SELECT
    patient_id,
    coalesce(
        min(member_id) FILTER (member_id NOT IN (SELECT patient_id FROM linked)), min(member_id)
    ) AS person_id
FROM reached
GROUP BY patient_id
