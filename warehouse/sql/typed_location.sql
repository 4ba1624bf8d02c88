-- One row per staged stay in one place, typed; what kind of place by source_locations.csv.
SELECT
    s.line, s.part, s.patient_id, s.encounter_id, s.ward, s.bed, s.place_id,
    coalesce(s.kind, own.kind, any_set.kind, 'ward') AS kind,
    instant(s.start_time, $zone) AS start_time,
    instant(s.end_time, $zone) AS end_time,
    has_zone(s.start_time, $zone) AND has_zone(s.end_time, $zone)
        AND has_zone(s.arrived, $zone) AS has_zone,
    is_taken_back(s.status) AS is_retracted,
    has_happened(s.status) OR is_taken_back(s.status) AS has_happened,
    known_at(s.arrived, instant(s.start_time, $zone), $zone, $is_live, $landed, $lag) AS arrived,
    s.arrived IS NOT NULL AND s.native_id IS NOT NULL AS has_versions,
    CASE
        WHEN s.native_id IS NOT NULL THEN row_hash([$domain, 'location', s.native_id])
        ELSE row_hash([
            told(s.patient_id), told(s.encounter_id), told(epoch_us(instant(s.start_time, $zone)))
        ])
    END AS location_id
FROM stage AS s
LEFT JOIN source_locations AS own ON own.code_set = $codes AND own.name = s.ward
LEFT JOIN source_locations AS any_set ON any_set.code_set = '' AND any_set.name = s.ward
