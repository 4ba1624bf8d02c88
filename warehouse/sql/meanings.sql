-- One row per code and unit of the file (each may be missing): what they mean to us.
-- factor and offset convert to the concept's unit; NULL where the unit is not known for it.
WITH meant AS (
    SELECT DISTINCT code, unit FROM placed_stage
),

coded AS (
    SELECT m.code, m.unit, c.concept, coalesce(m.unit, c.unit) AS unit_as_meant
    FROM meant AS m
    LEFT JOIN source_codes AS c ON c.code_set = $codes AND c.code = m.code
)

SELECT
    c.code, c.unit, c.concept, k.kind, k.unit AS concept_unit,
    k.plausible_low, k.plausible_high, k.usual_low, k.usual_high,
    coalesce(own.factor, general.factor) AS factor,
    coalesce(own."offset", general."offset") AS "offset"
FROM coded AS c
LEFT JOIN concepts AS k ON k.name = c.concept
LEFT JOIN units AS own
    ON own.unit = k.unit AND own.source_unit = c.unit_as_meant AND own.concept = c.concept
LEFT JOIN units AS general
    ON general.unit = k.unit AND general.source_unit = c.unit_as_meant AND general.concept = ''
