-- One row per staged condition, typed.
SELECT
    line, part, patient_id, encounter_id, code AS source_code,
    instant(time, $zone) AS time,
    has_zone(time, $zone) AND has_zone(arrived, $zone) AS has_zone,
    is_taken_back(status) AND native_id IS NOT NULL AS is_retracted,
    has_happened(status) OR (is_taken_back(status) AND native_id IS NOT NULL) AS has_happened,
    known_at(arrived, instant(time, $zone), $zone, $is_live, $landed, $lag) AS arrived,
    arrived IS NOT NULL AND native_id IS NOT NULL AS has_versions,
    row_hash([$domain, 'condition', coalesce(
        native_id, told(patient_id) || '|' || told(code) || '|' || told(time)
    )]) AS condition_id
FROM stage
