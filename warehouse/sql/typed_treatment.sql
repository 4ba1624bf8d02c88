-- One row per staged treatment, typed.
SELECT
    s.line, s.part, s.patient_id, s.encounter_id, c.concept, s.code AS source_code,
    instant(s.start_time, $zone) AS start_time,
    instant(s.end_time, $zone) AS end_time,
    has_zone(s.start_time, $zone) AND has_zone(s.end_time, $zone)
        AND has_zone(s.arrived, $zone) AS has_zone,
    is_taken_back(s.status) AND s.native_id IS NOT NULL AS is_retracted,
    has_happened(s.status) OR (is_taken_back(s.status) AND s.native_id IS NOT NULL) AS has_happened,
    coalesce(s.is_order, '') = 'true' AS is_order,
    finite(s.dose) AS dose,
    s.unit AS source_unit,
    known_at(s.arrived, instant(s.start_time, $zone), $zone, $is_live, $landed, $lag) AS arrived,
    s.arrived IS NOT NULL AND s.native_id IS NOT NULL AS has_versions,
    CASE
        WHEN s.native_id IS NOT NULL
        THEN row_hash([$domain, 'treatment', $source, s.native_id])
        ELSE row_hash([
            told(s.patient_id), told(s.code), told(epoch_us(instant(s.start_time, $zone))),
            told(epoch_us(instant(s.end_time, $zone))), told(s.dose), told(s.unit),
            CASE WHEN $has_lost_keys THEN told(s.line) ELSE '' END
        ])
    END AS treatment_id
FROM stage AS s
LEFT JOIN source_codes AS c ON c.code_set = $codes AND c.code = s.code
