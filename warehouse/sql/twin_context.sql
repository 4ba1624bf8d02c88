-- One row per wanted instant, in order of patient and time: where and who the patient is then.
-- wanted_instants (patient_id, time) is given. The encounter is the latest begun of those that
-- hold the instant, give or take an hour; one still open holds every later instant. It, sex and
-- year of birth are what is known today; places and treatments count in their version of then.
-- treatment_kinds (concept, kind) is given. A treatment without an end lasts until the next word.
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
),

place_versions AS (
    SELECT
        coalesce(alias.person_id, place.patient_id) AS patient_id,
        location_id,
        CASE WHEN place.ward IS NULL THEN coalesce(named.ward.k, place.kind) ELSE place.kind END
            AS kind,
        place.start_time,
        place.end_time,
        place.arrived,
        place.is_retracted,
        lead(place.arrived) OVER (
            PARTITION BY location_id
            ORDER BY place.arrived, place.batch_no, place.is_retracted
        ) AS superseded
    FROM clinical.location AS place
    LEFT JOIN clinical.bed_current AS named USING (place_id)
    LEFT JOIN clinical.person AS alias ON place.patient_id = alias.patient_id
),

known_places AS (
    SELECT wanted.patient_id, wanted.time, location_id, kind, start_time, end_time
    FROM wanted_instants AS wanted
    JOIN place_versions AS place
        ON wanted.patient_id = place.patient_id
        AND wanted.time >= place.start_time
        AND wanted.time >= place.arrived
        AND (place.superseded IS NULL OR wanted.time < place.superseded)
    WHERE NOT is_retracted
),

present_places AS (
    SELECT *
    FROM known_places
    QUALIFY row_number() OVER (
        PARTITION BY patient_id, time ORDER BY start_time DESC, location_id DESC
    ) = 1
),

intensive_care AS (
    SELECT
        known.patient_id,
        known.time,
        count(DISTINCT known.location_id) AS stays,
        max(least(known.end_time, known.time)) AS last_end
    FROM known_places AS known
    LEFT JOIN present_places AS present USING (patient_id, time)
    WHERE known.kind = 'icu' AND known.location_id <> present.location_id
    GROUP BY ALL
),

treatment_versions AS (
    SELECT
        coalesce(alias.person_id, given.patient_id) AS patient_id,
        treatment_kinds.kind,
        given.start_time,
        given.end_time,
        given.arrived,
        given.is_retracted OR given.is_order AS is_none,
        lead(given.arrived) OVER (
            PARTITION BY treatment_id
            ORDER BY given.arrived, given.batch_no, given.is_retracted
        ) AS superseded
    FROM clinical.treatment AS given
    JOIN treatment_kinds USING (concept)
    LEFT JOIN clinical.person AS alias ON given.patient_id = alias.patient_id
),

in_force AS (
    SELECT
        wanted.patient_id,
        wanted.time,
        bool_or(kind = 'vasopressor') AS vasopressor,
        bool_or(kind = 'inotrope') AS inotrope,
        bool_or(kind = 'ventilation') AS ventilation,
        bool_or(kind = 'support') AS support
    FROM wanted_instants AS wanted
    JOIN treatment_versions AS given
        ON wanted.patient_id = given.patient_id
        AND wanted.time >= given.start_time
        AND (given.end_time IS NULL OR wanted.time < given.end_time)
        AND wanted.time >= given.arrived
        AND (given.superseded IS NULL OR wanted.time < given.superseded)
    WHERE NOT is_none
    GROUP BY ALL
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
    ) AS hours_in_hospital,
    CASE WHEN wanted.time < coalesce(place.end_time, TIMESTAMPTZ 'infinity') THEN place.kind END
        AS place_kind,
    CAST(
        CASE WHEN place_kind IS NOT NULL
            THEN (epoch_us(wanted.time) - epoch_us(place.start_time)) / 3.6e9
        END AS FLOAT
    ) AS hours_in_place,
    CAST(coalesce(intensive_care.stays, 0) AS FLOAT) AS earlier_icu_stays,
    CAST((epoch_us(wanted.time) - epoch_us(intensive_care.last_end)) / 3.6e9 AS FLOAT)
        AS hours_since_icu,
    CAST(coalesce(in_force.vasopressor, false) AS FLOAT) AS on_vasopressor,
    CAST(coalesce(in_force.inotrope, false) AS FLOAT) AS on_inotrope,
    CAST(coalesce(in_force.ventilation, false) AS FLOAT) AS on_ventilation,
    CAST(coalesce(in_force.support, false) AS FLOAT) AS on_support
FROM wanted_instants AS wanted
LEFT JOIN stays USING (patient_id, time)
LEFT JOIN present_places AS place USING (patient_id, time)
LEFT JOIN intensive_care USING (patient_id, time)
LEFT JOIN in_force USING (patient_id, time)
LEFT JOIN clinical.patient_current AS patient ON wanted.patient_id = patient.patient_id
ORDER BY wanted.patient_id, wanted.time
