-- One row per version of a value of one lasting concept, whatever its age, in no order.
-- Such values are few, and valid longer than any window: read apart, so that twin_readings need not
-- look back as far. A later version may be of another concept: it counts no longer then.
-- Given: wanted_windows as there; $concept and its $number (one concept at a time, since Parquet's
-- Bloom filters tell where one value is not).
WITH lasting AS MATERIALIZED (
    SELECT patient_id, observation_id, time, arrived, batch_no, value
    FROM clinical.observation
    WHERE concept = $concept
),

revised AS (
    SELECT DISTINCT observation_id
    FROM clinical.observation
    SEMI JOIN lasting USING (observation_id)
    WHERE is_revised = true
),

versions AS (
    SELECT
        observation_id, arrived, batch_no, time, value,
        lead(arrived) OVER (
            PARTITION BY observation_id ORDER BY arrived, batch_no, time, value
        ) AS superseded
    FROM clinical.observation
    SEMI JOIN revised USING (observation_id)
)

SELECT
    CAST($number * (SELECT max(patient) + 1 FROM wanted_windows) + patient AS UINTEGER) AS owner,
    observation_id,
    epoch_us(time) AS time,
    epoch_us(arrived) AS arrived,
    coalesce(epoch_us(superseded), 9223372036854775807) AS superseded,
    value
FROM lasting
JOIN wanted_windows USING (patient_id)
LEFT JOIN versions USING (observation_id, arrived, batch_no, time, value)
WHERE time <= last AND arrived <= last AND NOT isnan(value)
