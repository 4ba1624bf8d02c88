-- One row per wanted instant, in order of patient and time: where and who the patient is then.
-- wanted_instants (patient_id, time) is given. The encounter is the latest begun of those that
-- hold the instant, give or take an hour; one still open holds every later instant.
WITH stays AS (
    SELECT
        wanted.patient_id, wanted.time, encounter.encounter_id, encounter.start_time
    FROM wanted_instants AS wanted
    JOIN clinical.encounter_current AS encounter
        ON wanted.patient_id = encounter.patient_id
        AND encounter.part_of IS NULL
        AND wanted.time >= encounter.start_time - INTERVAL 1 HOUR
        AND (wanted.time <= encounter.end_time + INTERVAL 1 HOUR OR encounter.end_time IS NULL)
    QUALIFY row_number() OVER (
        PARTITION BY wanted.patient_id, wanted.time
        ORDER BY encounter.start_time <= wanted.time DESC, encounter.start_time DESC,
            encounter.encounter_id DESC
    ) = 1
)

SELECT
    wanted.patient_id,
    wanted.time,
    stays.encounter_id,
    CAST(year(wanted.time) - patient.birth_year AS FLOAT) AS age,
    CAST(CASE patient.sex WHEN 'female' THEN 1 WHEN 'male' THEN 0 END AS FLOAT) AS is_female,
    CAST(
        CASE WHEN stays.start_time <= wanted.time
            THEN (epoch_us(wanted.time) - epoch_us(stays.start_time)) / 3.6e9
        END AS FLOAT
    ) AS hours_in_hospital
FROM wanted_instants AS wanted
LEFT JOIN stays USING (patient_id, time)
LEFT JOIN clinical.patient_current AS patient ON wanted.patient_id = patient.patient_id
ORDER BY wanted.patient_id, wanted.time
