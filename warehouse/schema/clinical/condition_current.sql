-- One row per condition: the newest version, unless that one says it never was.
-- patient_id is the person's (see clinical.person), member_id as the source named them.
CREATE VIEW IF NOT EXISTS clinical.condition_current AS
SELECT
    newest.* REPLACE (coalesce(alias.person_id, newest.patient_id) AS patient_id),
    newest.patient_id AS member_id
FROM (
    SELECT * FROM clinical.condition
    QUALIFY row_number() OVER (PARTITION BY condition_id ORDER BY arrived DESC, batch_no DESC, is_retracted DESC) = 1
) AS newest
LEFT JOIN clinical.person AS alias ON newest.patient_id = alias.patient_id
WHERE NOT is_retracted;
