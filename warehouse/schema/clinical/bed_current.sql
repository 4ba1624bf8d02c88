-- One row per place that patients may lie in: the bed that it is, and its ward, by the newest versions.
-- A bed's or a room's ward is the next place around it that is neither.
CREATE VIEW IF NOT EXISTS clinical.bed_current AS
WITH places AS (
    SELECT * FROM clinical.place
    QUALIFY row_number() OVER (PARTITION BY place_id ORDER BY arrived DESC, batch_no DESC) = 1
)

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
LEFT JOIN places AS t ON t.place_id = u.within_id;
