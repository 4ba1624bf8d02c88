-- One row per patient and stay in one place: the newest version, unless that one says it never was.
-- A stay without a stated end ends where the encounter's next one begins (HL7 v2 tells no more).
-- Ward and bed are named by the stay itself, or else by clinical.bed_current, in whatever
-- order the two arrived.
-- patient_id is the person's (see clinical.person), member_id as the source named them.
CREATE VIEW IF NOT EXISTS clinical.location_current AS
WITH stays AS (
    SELECT * FROM clinical.location
    QUALIFY row_number() OVER (PARTITION BY location_id ORDER BY arrived DESC, batch_no DESC, is_retracted DESC) = 1
)

SELECT
    s.* REPLACE (
        coalesce(alias.person_id, s.patient_id) AS patient_id,
        coalesce(s.ward, p.ward.n) AS ward,
        coalesce(s.bed, p.bed) AS bed,
        CASE WHEN s.ward IS NULL THEN coalesce(p.ward.k, s.kind) ELSE s.kind END AS kind,
        coalesce(end_time, min(start_time) OVER (
            PARTITION BY s.patient_id, encounter_id ORDER BY start_time
            RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING
        )) AS end_time
    ),
    s.patient_id AS member_id
FROM stays AS s
LEFT JOIN clinical.bed_current AS p USING (place_id)
LEFT JOIN clinical.person AS alias ON s.patient_id = alias.patient_id
WHERE NOT s.is_retracted;
