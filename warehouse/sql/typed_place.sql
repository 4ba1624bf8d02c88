-- One row per staged version of a place, typed; what kind of place by source_locations.csv.
SELECT
    s.line, s.part, s.place_id, s.within_id, s.name, s.form,
    coalesce(own.kind, any_set.kind, 'ward') AS kind,
    has_zone(s.arrived, $zone) AS has_zone,
    known_at(s.arrived, CAST(NULL AS TIMESTAMPTZ), $zone, $is_live, $landed, $lag) AS arrived,
    s.arrived IS NOT NULL AS has_versions
FROM stage AS s
LEFT JOIN source_locations AS own ON own.code_set = $codes AND own.name = s.name
LEFT JOIN source_locations AS any_set ON any_set.code_set = '' AND any_set.name = s.name
