-- One row per two patients' numbers that somebody has linked or unlinked: the newest word on them.
SELECT
    newest.patient_id, newest.into_id, newest.is_linked, newest.reason, newest.source,
    newest.arrived,
    coalesce(alias.person_id, newest.patient_id) AS person_id
FROM clinical.link AS newest
LEFT JOIN clinical.person AS alias ON newest.patient_id = alias.patient_id
QUALIFY row_number() OVER (
    PARTITION BY link_id ORDER BY arrived DESC, batch_no DESC, is_linked, into_id
) = 1
ORDER BY newest.arrived, newest.patient_id
