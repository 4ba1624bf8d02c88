-- One row per pair of sources and UTC day of landing: readings of one that the other had sent too.
-- The same patient, sign and time, and the same value to one part in a thousand.
WITH sent AS (
    SELECT DISTINCT ON (coalesce(o.source, b.source), o.patient_id, o.concept, o.time)
        coalesce(o.source, b.source) AS source, o.patient_id, o.concept, o.time, o.value, o.batch_no, b.landed
    FROM clinical.observation AS o
    JOIN ops.batch AS b USING (batch_no)
    WHERE b.landed > $since AND b.landed <= $until AND o.value IS NOT NULL
    ORDER BY o.batch_no
),

totals AS (
    SELECT source, CAST(landed AS DATE) AS day, count(*) AS n FROM sent GROUP BY ALL
)

SELECT
    CAST(a.landed AS DATE) AS day, a.source, other.source AS other,
    count(*) AS twice,
    any_value(t.n) AS n,
    min(a.batch_no) AS first_batch_no
FROM sent AS a
JOIN sent AS other
    ON other.patient_id = a.patient_id AND other.concept = a.concept AND other.time = a.time
    AND other.source <> a.source AND other.batch_no < a.batch_no
    AND abs(other.value - a.value) <= abs(a.value) / 1000
JOIN totals AS t ON t.source = a.source AND t.day = CAST(a.landed AS DATE)
GROUP BY ALL
ORDER BY ALL
