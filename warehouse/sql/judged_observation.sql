-- One row per typed value, with what only the whole file can tell of it.
SELECT
    c.*,
    coalesce(k.is_mean, true) AS is_systolic_over_diastolic,
    coalesce(NOT k.is_mean, true) AS is_mean_between,
    u.source_code IS NULL AS is_unit_as_labelled
FROM converted_observation AS c
LEFT JOIN contradictions AS k ON k.line = c.line AND k.part = c.part
LEFT JOIN mislabelled AS u
    ON u.source_code = c.source_code AND u.source_unit IS NOT DISTINCT FROM c.source_unit
