-- One row per staged value, typed: its concept, its value in the concept's unit, its ids.
WITH valued AS (
    SELECT
        s.*, m.* EXCLUDE (code, unit),
        finite(s.value) AS number,
        v.value AS coded_value,
        instant(s.time, $zone) AS event_time,
        has_happened(s.status) AS is_true
    FROM placed_stage AS s
    JOIN meanings AS m
        ON m.code IS NOT DISTINCT FROM s.code AND m.unit IS NOT DISTINCT FROM s.unit
    LEFT JOIN source_values AS v
        ON v.code_set IN ('', $codes) AND v.concept = m.concept AND m.kind = 'coded'
        AND v.text = lower(trim(s.value))
),

known AS (
    SELECT *, known_at(arrived, event_time, $zone, $is_live, $landed, $lag) AS known
    FROM valued
)

SELECT
    line, part, patient_id, encounter_id, device_id,
    event_time AS time,
    known AS arrived,
    known + $tolerance AS latest_time,
    arrived IS NOT NULL AND native_id IS NOT NULL AS has_versions,
    has_zone(time, $zone) AND has_zone(arrived, $zone) AS has_zone,
    concept,
    code AS source_code,
    -- NULL too where the source has taken it back
    CASE
        WHEN concept IS NULL OR NOT is_true THEN NULL
        WHEN kind = 'coded' THEN coded_value
        ELSE number * factor + "offset"
    END AS value,
    CASE WHEN concept IS NOT NULL THEN concept_unit END AS unit,
    CASE WHEN is_true THEN number END AS source_value,
    CASE WHEN is_true AND number IS NULL THEN value END AS source_text,
    unit AS source_unit,
    concept IS NULL OR kind = 'coded' OR factor IS NOT NULL OR NOT is_true AS is_unit_known,
    concept IS NULL OR NOT is_true
        OR (kind = 'coded' AND coded_value IS NOT NULL)
        OR (kind <> 'coded' AND number IS NOT NULL) AS is_value_readable,
    status IS DISTINCT FROM 'sensor-off' AS is_sensor_on,
    plausible_low,
    plausible_high,
    is_place_known,
    patient_id IS NOT NULL OR NOT is_place_known AS is_patient_named,
    CASE
        WHEN native_id IS NOT NULL
        THEN row_hash([$domain, 'observation', $source, native_id])
        ELSE row_hash([
            told(patient_id), told(device_id), told(code), told(epoch_us(event_time)),
            told(value), told(unit), CASE WHEN $has_lost_keys THEN told(line) ELSE '' END
        ])
    END AS observation_id,
    native_id IS NOT NULL AS has_native_id
FROM known
