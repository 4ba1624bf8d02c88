-- One row per staged version of a device, typed.
SELECT
    line, part, device_id, kind, model, firmware,
    has_zone(arrived, $zone) AS has_zone,
    known_at(arrived, CAST(NULL AS TIMESTAMPTZ), $zone, $is_live, $landed, $lag) AS arrived,
    arrived IS NOT NULL AS has_versions
FROM stage
