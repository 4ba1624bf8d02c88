-- One row per code and unit of the file whose values are in another unit than they say: the median
-- of many people's values is one that no hospital's is, and would be usual in another known unit.
WITH medians AS (
    SELECT source_code, source_unit, median(value) AS median
    FROM converted_observation
    WHERE concept IS NOT NULL AND value IS NOT NULL
    GROUP BY ALL
    HAVING count(*) >= 20 AND count(DISTINCT patient_id) >= 5
)

SELECT DISTINCT d.source_code, d.source_unit
FROM medians AS d
JOIN meanings AS m
    ON m.code IS NOT DISTINCT FROM d.source_code AND m.unit IS NOT DISTINCT FROM d.source_unit
JOIN units AS other ON other.unit = m.concept_unit AND other.concept IN ('', m.concept)
WHERE d.median NOT BETWEEN m.usual_low AND m.usual_high
    AND (d.median - m."offset") / m.factor * other.factor + other."offset"
        BETWEEN m.usual_low AND m.usual_high
