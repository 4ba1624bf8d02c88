-- One row per value of an OBX. Given: hl7_observation (one row per OBX), hl7_value (what the values
-- that are not plain mean: one or more texts) and hl7v2_statuses.
-- What comes again in a message under the same name is another value, not a correction.
WITH keyed AS (
    SELECT number, message, hash(name, code) AS same FROM hl7_observation WHERE name IS NOT NULL
),

repeated AS (
    SELECT message, same FROM keyed GROUP BY ALL HAVING count(*) > 1
),

again AS (
    SELECT number, row_number() OVER (PARTITION BY message, same ORDER BY number) AS nth
    FROM keyed
    SEMI JOIN repeated USING (message, same)
),

repetitions AS (
    SELECT
        m.* EXCLUDE (value),
        unnest(v.meanings) AS value,
        generate_subscripts(v.meanings, 1) AS repetition
    FROM hl7_observation AS m
    JOIN hl7_value AS v USING (type, value)
    WHERE m.is_odd
),

valued AS (
    SELECT * EXCLUDE (is_odd), 1 AS repetition, place AS part FROM hl7_observation WHERE NOT is_odd
    UNION ALL BY NAME
    SELECT * EXCLUDE (is_odd), place AS part FROM repetitions WHERE repetition = 1
    UNION ALL BY NAME
    SELECT
        r.* EXCLUDE (is_odd),
        r.results - 1 + row_number() OVER (PARTITION BY message ORDER BY number, repetition) AS part
    FROM repetitions AS r
    WHERE repetition > 1
)

SELECT
    v.line,
    v.part,
    v.name || '|' || coalesce(v.code, '') || CASE WHEN a.nth > 1 OR v.repetition > 1
        THEN '|' || coalesce(a.nth, 1) || '|' || v.repetition
        ELSE '' END AS native_id,
    v.patient, v.encounter, v.device, v.bed, v.time, v.arrived, v.code,
    nullif(v.value, '""') AS value,
    v.unit,
    s.meaning AS status
FROM valued AS v
LEFT JOIN again AS a USING (number)
LEFT JOIN hl7v2_statuses AS s USING (status)
