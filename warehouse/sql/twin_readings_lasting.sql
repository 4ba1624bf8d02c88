-- One row per version of a value of a lasting concept, whatever its age, in no order.
-- Such values are few, and valid longer than any window: read apart, so that twin_readings need not
-- look back as far. A later version may be of another concept: it counts no longer then.
-- Given: wanted_windows and lasting_concepts, as there.
WITH lasting AS MATERIALIZED (
    SELECT
        number, patient_id, observation_id, time, arrived, value,
        lead(arrived) OVER (
            PARTITION BY observation_id ORDER BY arrived, batch_no, time, value
        ) AS superseded
    FROM clinical.observation
    LEFT JOIN lasting_concepts USING (concept)
    WHERE number IS NOT NULL
        OR observation_id IN (SELECT observation_id FROM clinical.observation WHERE is_revised)
)

SELECT
    CAST(number * (SELECT max(patient) + 1 FROM wanted_windows) + patient AS UINTEGER) AS owner,
    observation_id,
    epoch_us(time) AS time,
    epoch_us(arrived) AS arrived,
    coalesce(epoch_us(superseded), 9223372036854775807) AS superseded,
    value
FROM lasting
JOIN wanted_windows USING (patient_id)
WHERE number IS NOT NULL AND time <= last AND arrived <= last AND NOT isnan(value)
