-- One row per source, doubt and concept: rows that were kept though another file contradicts them.
-- They are told and not refused: it may be the other file that is wrong, and a mistyped time of
-- death must not silence a living patient.
WITH recent AS (
    SELECT
        o.patient_id, o.encounter_id, o.time, o.concept, o.value, o.batch_no,
        coalesce(o.source, b.source) AS source, b.landed
    FROM clinical.observation AS o
    JOIN ops.batch AS b USING (batch_no)
    WHERE b.landed BETWEEN $since AND $until AND o.value IS NOT NULL
),

deaths AS (
    SELECT patient_id, max(death_time) AS death_time
    FROM (
        SELECT patient_id, death_time FROM clinical.patient_current
        UNION ALL
        SELECT patient_id, death_time FROM clinical.encounter_current
    )
    WHERE death_time IS NOT NULL
    GROUP BY patient_id
),

stays AS (
    SELECT e.encounter_id, e.patient_id, e.start_time, e.end_time, e.source, e.batch_no, b.landed
    FROM clinical.encounter_current AS e
    JOIN ops.batch AS b USING (batch_no)
    WHERE e.part_of IS NULL
),

doubtful AS (
    SELECT 'after_death' AS doubt, source, concept, batch_no, landed
    FROM recent
    JOIN deaths USING (patient_id)
    WHERE time > death_time + INTERVAL 1 HOUR
    UNION ALL
    SELECT 'outside_stay' AS doubt, r.source, concept, r.batch_no, r.landed
    FROM recent AS r
    JOIN stays AS s USING (encounter_id)
    WHERE time < s.start_time - INTERVAL 1 DAY OR time > s.end_time + INTERVAL 1 DAY
    UNION ALL
    SELECT 'implausible_for_age' AS doubt, r.source, r.concept, r.batch_no, r.landed
    FROM recent AS r
    JOIN clinical.patient_current AS p USING (patient_id)
    JOIN plausible_ages AS a
        ON a.concept = r.concept
        AND year(r.time) - p.birth_year BETWEEN a.age_low AND a.age_high
    WHERE r.value NOT BETWEEN a.low AND a.high
    UNION ALL
    SELECT 'overlapping_stays' AS doubt, one.source, NULL AS concept, one.batch_no, one.landed
    FROM stays AS one
    JOIN stays AS other
        ON other.patient_id = one.patient_id AND other.encounter_id <> one.encounter_id
        AND other.start_time + INTERVAL 1 HOUR < coalesce(one.end_time, $until)
        AND coalesce(other.end_time, $until) > one.start_time + INTERVAL 1 HOUR
    WHERE one.landed BETWEEN $since AND $until
    UNION ALL
    SELECT 'reused_number' AS doubt, p.source, NULL AS concept, p.batch_no, b.landed
    FROM clinical.patient AS p
    JOIN ops.batch AS b USING (batch_no)
    WHERE b.landed BETWEEN $since AND $until
        AND EXISTS (
            SELECT * FROM clinical.patient AS earlier
            WHERE earlier.patient_id = p.patient_id AND earlier.batch_no < p.batch_no
                AND earlier.sex <> p.sex AND earlier.sex <> 'unknown' AND p.sex <> 'unknown'
                AND abs(earlier.birth_year - p.birth_year) > 1
        )
)

SELECT
    doubt, source, concept, count(*) AS n, arg_min(batch_no, batch_no) AS first_batch_no,
    arg_min(landed, batch_no) AS began
FROM doubtful
GROUP BY doubt, source, concept
ORDER BY doubt, source, concept
