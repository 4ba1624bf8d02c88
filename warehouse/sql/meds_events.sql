-- One row per event of a person, in the terms of MEDS: whose, when (UTC; none for the sex), what.
-- Given: the views of known.py, concepts, coded_values. A code is a vocabulary, a code of it and
-- a unit, joined by "//"; texts are never told, but for those of coded values.
WITH newest AS (
    SELECT * FROM known_observation
    QUALIFY row_number() OVER (
        PARTITION BY observation_id
        ORDER BY arrived DESC, batch_no DESC, time DESC, value DESC NULLS FIRST
    ) = 1
),

measured AS (
    SELECT
        coalesce(alias.person_id, o.patient_id) AS patient_id,
        o.time,
        CASE
            WHEN o.concept IS NULL THEN concat_ws(
                '//', upper(coalesce(o.source, 'UNK')), o.source_code, coalesce(o.source_unit, 'UNK')
            )
            WHEN c.loinc = '' THEN concat_ws('//', 'WARDTWIN', o.concept, c.unit)
            ELSE concat_ws('//', 'LOINC', c.loinc, c.unit)
        END AS code,
        CASE WHEN o.concept IS NULL THEN o.source_value ELSE o.value END AS numeric_value,
        v.code AS text_value
    FROM newest AS o
    LEFT JOIN concepts AS c ON c.name = o.concept
    LEFT JOIN coded_values AS v ON v.concept = o.concept AND CAST(v.value AS DOUBLE) = o.value
    LEFT JOIN known_person AS alias ON alias.patient_id = o.patient_id
),

stays AS (
    SELECT
        *,
        CASE WHEN part_of IS NULL THEN 'HOSPITAL' ELSE 'ICU' END AS place,
        coalesce(class, 'UNK') AS kind
    FROM known_encounter_current
),

treatment_concepts AS (
    SELECT
        name,
        kind IN ('vasopressor', 'inotrope', 'ventilation', 'support') AS is_lasting,
        kind IN ('ventilation', 'support', 'culture') AS is_procedure
    FROM concepts
),

given AS (
    SELECT
        t.* REPLACE (CASE WHEN c.is_lasting THEN t.concept ELSE t.source_code END AS source_code),
        c.is_procedure,
        t.end_time > t.start_time OR c.is_lasting AS has_course
    FROM known_treatment_current AS t
    LEFT JOIN treatment_concepts AS c ON c.name = t.concept
),

courses AS (
    SELECT
        *,
        CASE WHEN is_procedure THEN 'PROCEDURE//START' ELSE 'INFUSION_START' END AS started,
        CASE WHEN is_procedure THEN 'PROCEDURE//END' ELSE 'INFUSION_END' END AS ended
    FROM given
    WHERE has_course
),

deaths AS (
    SELECT patient_id, min(death_time) AS time
    FROM (
        SELECT patient_id, death_time FROM known_patient_current
        UNION ALL
        SELECT patient_id, death_time FROM known_encounter_current
    )
    GROUP BY patient_id
),

events AS (
    SELECT
        patient_id,
        NULL::TIMESTAMPTZ AS time,
        'GENDER//' || CASE sex WHEN 'female' THEN 'F' WHEN 'male' THEN 'M' ELSE upper(sex) END AS code,
        NULL::DOUBLE AS numeric_value,
        NULL::VARCHAR AS text_value
    FROM known_patient_current
    WHERE sex IS NOT NULL
    UNION ALL BY NAME
    SELECT patient_id, make_timestamptz(birth_year, 1, 1, 0, 0, 0) AS time, 'MEDS_BIRTH' AS code
    FROM known_patient_current
    WHERE birth_year IS NOT NULL
    UNION ALL BY NAME
    SELECT patient_id, time, 'MEDS_DEATH' AS code FROM deaths WHERE time IS NOT NULL
    UNION ALL BY NAME
    SELECT patient_id, start_time AS time, place || '_ADMISSION//' || kind AS code FROM stays
    UNION ALL BY NAME
    SELECT patient_id, end_time AS time, place || '_DISCHARGE//' || kind AS code
    FROM stays
    WHERE end_time IS NOT NULL
    UNION ALL BY NAME
    SELECT
        patient_id,
        start_time AS time,
        CASE
            WHEN kind = 'discharged' THEN 'TRANSFER_TO//discharge//UNK'
            ELSE concat_ws('//', 'TRANSFER_TO', kind, coalesce(ward, 'UNK'))
        END AS code
    FROM known_location_current
    UNION ALL BY NAME
    SELECT
        patient_id,
        start_time AS time,
        CASE WHEN is_procedure THEN 'PROCEDURE//' ELSE 'MEDICATION//' END || source_code AS code
    FROM given
    WHERE has_course IS NOT true
    UNION ALL BY NAME
    SELECT
        patient_id,
        start_time AS time,
        concat_ws('//', started, source_code, source_unit) AS code,
        dose AS numeric_value
    FROM courses
    UNION ALL BY NAME
    SELECT patient_id, end_time AS time, concat_ws('//', ended, source_code) AS code
    FROM courses
    WHERE end_time IS NOT NULL
    UNION ALL BY NAME
    SELECT
        patient_id,
        time,
        CASE
            WHEN starts_with(source_code, 'DIAGNOSIS//') THEN source_code
            ELSE 'DIAGNOSIS//' || source_code
        END AS code
    FROM known_condition_current
    UNION ALL BY NAME
    SELECT * FROM measured WHERE numeric_value IS NOT NULL
)

SELECT
    patient_id AS subject_id,
    time AT TIME ZONE 'UTC' AS time,
    code,
    TRY_CAST(numeric_value AS FLOAT) AS numeric_value,
    text_value
FROM events
WHERE time IS NULL OR time <= getvariable('known_at')
