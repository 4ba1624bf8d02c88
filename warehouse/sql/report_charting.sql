-- One row per UTC day, ward and concept that is measured there: how often, and of how many patients.
WITH stays AS (
    SELECT ward, patient_id, start_time, coalesce(end_time, $until) AS end_time
    FROM clinical.location_current
    WHERE ward IS NOT NULL AND kind <> 'discharged'
),

days AS (
    SELECT
        ward, patient_id, start_time, end_time,
        unnest(range(date_trunc('day', start_time), end_time, INTERVAL 1 DAY)) AS day
    FROM stays
    WHERE start_time < end_time
),

present AS (
    SELECT
        CAST(day AS DATE) AS day, ward,
        count(DISTINCT patient_id) AS patients,
        sum(epoch(least(end_time, day + INTERVAL 1 DAY) - greatest(start_time, day))) / 3600
            AS patient_hours
    FROM days
    GROUP BY ALL
),

charted AS (
    SELECT
        day, ward, concept,
        count(DISTINCT patient_id) FILTER (n > missing) AS measured,
        sum(n - missing) AS readings,
        min(first_batch_no) AS first_batch_no
    FROM patient_day
    WHERE ward IS NOT NULL
    GROUP BY ALL
)

SELECT
    p.day, p.ward, k.concept, p.patient_hours, p.patients,
    coalesce(c.measured, 0) AS measured,
    CAST(coalesce(c.readings, 0) AS BIGINT) AS readings,
    c.first_batch_no
FROM present AS p
JOIN (SELECT DISTINCT ward, concept FROM charted) AS k USING (ward)
LEFT JOIN charted AS c ON c.day = p.day AND c.ward = p.ward AND c.concept = k.concept
ORDER BY ALL
