-- One row per patient and whole UTC hour in hospital, from $since up to $until, of the patients
-- whose id leaves the remainder $part when divided by $parts, and is in $patients if that is given.
-- In hospital: within a hospital encounter, give or take an hour (an open one lasts to the
-- patient's last arrival); for patients without one, from the first observation to the last, one
-- that is known ahead of its time (the end of a prescription) counting from when it is known.
-- Hours of days on which every window is empty (nothing observed on that day or the three before)
-- are left out, unless the stay began then: a stay that nobody closed is not a century of hours.
-- Hours are counted from 1970 and days too, as whole numbers: that is fast and knows no zone.
WITH observed_by_number AS (
    SELECT
        patient_id,
        CAST(floor(epoch_us(time) / 8.64e10) AS INTEGER) AS day,
        min(epoch_us(time)) / 3.6e9 AS first_hour,
        max(least(epoch_us(time), epoch_us(arrived))) / 3.6e9 AS last_hour,
        max(epoch_us(arrived)) / 3.6e9 AS last_arrived
    FROM clinical.observation
    WHERE (
        patient_id % $parts = $part
        AND ($patients IS NULL OR list_contains($patients, patient_id))
    ) OR patient_id IN (SELECT patient_id FROM clinical.person)
    GROUP BY ALL
),

observed AS (
    SELECT * FROM (
        SELECT number.* REPLACE (coalesce(person_id, number.patient_id) AS patient_id)
        FROM observed_by_number AS number
        LEFT JOIN clinical.person AS alias ON number.patient_id = alias.patient_id
    )
    WHERE patient_id % $parts = $part
        AND ($patients IS NULL OR list_contains($patients, patient_id))
),

patients AS (
    SELECT
        patient_id,
        min(first_hour) AS first_hour,
        max(last_hour) AS last_hour,
        max(last_arrived) AS last_arrived
    FROM observed
    GROUP BY ALL
),

encounters AS (
    SELECT
        patient_id,
        epoch_us(start_time) / 3.6e9 AS first_hour,
        epoch_us(end_time) / 3.6e9 AS last_hour
    FROM clinical.encounter_current
    WHERE part_of IS NULL AND patient_id % $parts = $part
        AND ($patients IS NULL OR list_contains($patients, patient_id))
),

stays AS (
    SELECT
        patient_id,
        ceil(encounters.first_hour - 1) AS first_hour,
        floor(
            coalesce(encounters.last_hour, greatest(encounters.first_hour, last_arrived)) + 1
        ) AS last_hour
    FROM encounters
    LEFT JOIN patients USING (patient_id)
    UNION ALL
    SELECT patient_id, ceil(first_hour) AS first_hour, ceil(last_hour) AS last_hour
    FROM patients
    ANTI JOIN encounters USING (patient_id)
),

days AS (
    SELECT patient_id, day + later AS day
    FROM (
        SELECT patient_id, day FROM observed
        UNION
        SELECT patient_id, CAST(floor(first_hour / 24) AS INTEGER) AS day FROM stays
    )
    CROSS JOIN range(4) AS following(later)
    GROUP BY ALL
),

hours AS (
    SELECT patient_id, CAST(day AS BIGINT) * 24 + of_day AS hour
    FROM days
    CROSS JOIN range(24) AS clock(of_day)
    WHERE hour >= epoch_us($since) / 3.6e9 AND hour < epoch_us($until) / 3.6e9
)

SELECT DISTINCT hours.patient_id, make_timestamptz(hours.hour * 3600000000) AS time
FROM hours
JOIN stays
    ON hours.patient_id = stays.patient_id AND hour BETWEEN stays.first_hour AND stays.last_hour
