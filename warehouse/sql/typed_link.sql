-- One row per staged statement about two patients' numbers, typed. A source names them by its own
-- numbers, a person who decides by their pseudonyms.
WITH named AS (
    SELECT
        *,
        coalesce(patient_id, TRY_CAST(pseudonym AS BIGINT)) AS one,
        coalesce(into_patient_id, TRY_CAST(into_pseudonym AS BIGINT)) AS other
    FROM stage
)

SELECT
    line, part,
    one AS patient_id,
    other AS into_id,
    lower(coalesce(is_linked, 'true')) = 'true' AS is_linked,
    lower(coalesce(is_linked, 'true')) IN ('true', 'false') AS is_said,
    coalesce(reason, 'not stated') AS reason,
    one IS NULL OR other IS NULL OR one <> other AS is_of_two,
    has_zone(arrived, $zone) AS has_zone,
    known_at(arrived, CAST(NULL AS TIMESTAMPTZ), $zone, $is_live, $landed, $lag) AS arrived,
    arrived IS NOT NULL AS has_versions,
    row_hash([
        'link', CAST(least(one, other) AS VARCHAR), CAST(greatest(one, other) AS VARCHAR)
    ]) AS link_id
FROM named
