-- One row per version of a value that may count at a wanted instant, in no order.
-- Given: wanted_windows (patient_id, patient, first, last) encloses the windows of each patient (a
-- person has a row for each of their ids),
-- $since and $until those of all; wanted_concepts (concept, number).
-- A version counts until the next one arrives. No version arrives more than a day before its own
-- time, so those of a row after $since are all among the arrivals since the day before.
WITH revised AS (
    SELECT DISTINCT observation_id
    FROM clinical.observation
    WHERE is_revised = true AND arrived > CAST($since AS TIMESTAMPTZ) - INTERVAL 1 DAY AND arrived <= CAST($until AS TIMESTAMPTZ)
),

versions AS (
    SELECT
        observation_id, arrived, batch_no, time, value,
        lead(arrived) OVER (
            PARTITION BY observation_id ORDER BY arrived, batch_no, time, value
        ) AS superseded
    FROM clinical.observation
    SEMI JOIN revised USING (observation_id)
    WHERE arrived > CAST($since AS TIMESTAMPTZ) - INTERVAL 1 DAY AND arrived <= CAST($until AS TIMESTAMPTZ)
)

SELECT
    CAST(number * (SELECT max(patient) + 1 FROM wanted_windows) + patient AS UINTEGER) AS owner,
    observation_id,
    epoch_us(time) AS time,
    epoch_us(arrived) AS arrived,
    coalesce(epoch_us(superseded), 9223372036854775807) AS superseded,
    value
FROM clinical.observation
JOIN wanted_windows USING (patient_id)
JOIN wanted_concepts USING (concept)
LEFT JOIN versions USING (observation_id, arrived, batch_no, time, value)
WHERE
    time > CAST($since AS TIMESTAMPTZ) AND time <= CAST($until AS TIMESTAMPTZ)
    AND time > first AND time <= last AND arrived <= last
    AND NOT isnan(value)
