-- One row per patient and stay in one place: the newest version, unless that one says it never was.
-- A stay without a stated end ends where the encounter's next one begins (HL7 v2 tells no more).
-- Ward and bed are named by the stay itself, or else by the places of clinical.place, in whatever
-- order the two arrived: a bed's or a room's ward is the next place around it that is neither.
-- patient_id is the person's (see clinical.person), member_id as the source named them.
CREATE VIEW IF NOT EXISTS clinical.location_current AS
WITH places AS (
    SELECT * FROM clinical.place
    QUALIFY row_number() OVER (PARTITION BY place_id ORDER BY arrived DESC, batch_no DESC) = 1
),

named_places AS (
    SELECT
        p.place_id,
        CASE WHEN p.form = 'bd' THEN p.name END AS bed,
        CASE
            WHEN coalesce(p.form, '') NOT IN ('bd', 'ro') THEN struct_pack(n := p.name, k := p.kind)
            WHEN coalesce(u.form, '') NOT IN ('bd', 'ro') THEN struct_pack(n := u.name, k := u.kind)
            ELSE struct_pack(n := t.name, k := t.kind)
        END AS ward
    FROM places AS p
    LEFT JOIN places AS u ON u.place_id = p.within_id
    LEFT JOIN places AS t ON t.place_id = u.within_id
),

stays AS (
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
LEFT JOIN named_places AS p USING (place_id)
LEFT JOIN clinical.person AS alias ON s.patient_id = alias.patient_id
WHERE NOT s.is_retracted;
