-- One row per table: rows and sums of the rows' hashes, of the batches that landed in a period.
-- From $since (in) to $until (out). What a sign-off was about: any other row gives other sums, a row
-- rejected or corrected afterwards too; the sign-off itself does not.
WITH batches AS (
    SELECT * FROM ops.batch WHERE landed >= $since AND landed < $until AND kind <> 'sign_off'
),

rows AS (
    SELECT 'batch' AS name, hash(batch_id, state, read, accepted, quarantined, duplicate) AS row
    FROM batches
    UNION ALL
    SELECT 'result', hash(b.batch_id, r.into_table, r.rule, r.checked, r.failed)
    FROM quality.expectation_result AS r
    JOIN batches AS b USING (batch_no)
    UNION ALL
    SELECT 'quarantine', hash(q.batch_id, q.line, q.part, q.rules, q.is_rejected)
    FROM quality.quarantine_current AS q
    JOIN batches AS b USING (batch_id)
    UNION ALL
    SELECT 'observation', hash(
        o.observation_id, o.patient_id, o.time, o.arrived, o.concept, o.source_code, o.value, o.unit
    )
    FROM clinical.observation AS o
    JOIN batches AS b USING (batch_no)
    UNION ALL
    SELECT 'later version', hash(
        o.observation_id, o.patient_id, o.time, o.arrived, o.concept, o.source_code, o.value, o.unit
    )
    FROM clinical.observation AS o
    JOIN ops.batch AS b USING (batch_no)
    WHERE o.is_revised AND b.landed >= $until AND o.observation_id IN (
        SELECT observation_id FROM clinical.observation JOIN batches USING (batch_no)
    )
)

SELECT name, count(*) AS n, CAST(sum(CAST(row AS HUGEINT)) AS VARCHAR) AS total
FROM rows
GROUP BY name
ORDER BY name
