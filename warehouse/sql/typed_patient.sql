-- One row per staged patient, typed.
SELECT
    line, part, patient_id, name,
    CASE lower(sex)
        WHEN 'm' THEN 'male' WHEN 'male' THEN 'male'
        WHEN 'f' THEN 'female' WHEN 'female' THEN 'female'
        WHEN 'other' THEN 'other' ELSE 'unknown'
    END AS sex,
    TRY_CAST(left(birth_year, 4) AS SMALLINT) AS birth_year,
    instant(death_time, $zone) AS death_time,
    death_time IS NULL OR instant(death_time, $zone) IS NOT NULL AS is_death_readable,
    has_zone(death_time, $zone) AND has_zone(arrived, $zone) AS has_zone,
    known_at(arrived, CAST(NULL AS TIMESTAMPTZ), $zone, $is_live, $landed, $lag) AS arrived,
    arrived IS NOT NULL AS has_versions
FROM stage
