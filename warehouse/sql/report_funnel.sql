-- One row per source: how many of what landed reached the twins and the labels. All days together.
-- labels (patient_id, hour) is given.
WITH landed AS (
    SELECT
        source, count(*) AS files, count(*) FILTER (state = 'refused') AS refused_files,
        CAST(sum(read) AS BIGINT) AS read,
        CAST(sum(quarantined) AS BIGINT) AS quarantined,
        CAST(sum(duplicate) AS BIGINT) AS duplicate,
        CAST(sum(accepted) AS BIGINT) AS accepted
    FROM ops.batch
    WHERE landed <= $until
    GROUP BY source
),

measured AS (
    SELECT coalesce(o.source, b.source) AS source, o.patient_id, count(*) AS used
    FROM clinical.observation AS o
    JOIN ops.batch AS b USING (batch_no)
    WHERE b.landed <= $until AND o.value IS NOT NULL
        AND o.concept IN (SELECT unnest($twin_concepts))
    GROUP BY ALL
),

hours AS (
    SELECT t.patient_id, count(*) AS twin_hours, count(l.hour) AS labelled_hours
    FROM twin.patient_hour AS t
    LEFT JOIN labels AS l USING (patient_id, hour)
    GROUP BY t.patient_id
)

SELECT
    landed.*,
    CAST(coalesce(sum(m.used), 0) AS BIGINT) AS used,
    count(m.patient_id) AS patients,
    count(h.patient_id) AS twin_patients,
    CAST(coalesce(sum(h.twin_hours), 0) AS BIGINT) AS twin_hours,
    CAST(coalesce(sum(h.labelled_hours), 0) AS BIGINT) AS labelled_hours
FROM landed
LEFT JOIN measured AS m USING (source)
LEFT JOIN hours AS h USING (patient_id)
GROUP BY ALL
ORDER BY ALL
