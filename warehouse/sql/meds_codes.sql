-- One row per code of meds_events: what it means where concepts.csv knows, and its LOINC parent.
SELECT
    code,
    c.display AS description,
    CASE WHEN c.loinc <> '' THEN ['LOINC/' || c.loinc] END AS parent_codes
FROM (SELECT DISTINCT code FROM meds_events)
LEFT JOIN concepts AS c
    ON (split_part(code, '//', 1) = 'LOINC' AND split_part(code, '//', 2) = c.loinc)
    OR (split_part(code, '//', 1) IN ('WARDTWIN', 'INFUSION_START', 'INFUSION_END')
        AND split_part(code, '//', 2) = c.name)
    OR (split_part(code, '//', 1) = 'PROCEDURE' AND split_part(code, '//', 3) = c.name)
ORDER BY code
