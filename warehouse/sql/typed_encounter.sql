-- One row per staged encounter, typed. A stay is known when it begins; its end is a new version.
SELECT
    line, part, patient_id, encounter_id, part_of_id AS part_of, class,
    instant(start_time, $zone) AS start_time,
    instant(end_time, $zone) AS end_time,
    instant(death_time, $zone) AS death_time,
    has_zone(start_time, $zone) AND has_zone(end_time, $zone)
        AND has_zone(death_time, $zone) AND has_zone(arrived, $zone) AS has_zone,
    is_taken_back(status) AS is_retracted,
    has_happened(status) OR is_taken_back(status) AS has_happened,
    end_time IS NULL OR instant(end_time, $zone) IS NOT NULL AS is_end_readable,
    known_at(arrived, instant(start_time, $zone), $zone, $is_live, $landed, $lag) AS arrived,
    arrived IS NOT NULL AS has_versions
FROM stage
