-- One row per patient and whole UTC hour in hospital: the twin as known at that hour.
-- Rows used: time <= hour and arrived <= hour. Units: concepts.csv. Missing is NULL.
CREATE TABLE IF NOT EXISTS twin.patient_hour (
    patient_id BIGINT NOT NULL,
    hour TIMESTAMPTZ NOT NULL,
    encounter_id BIGINT,
    age FLOAT,                           -- a, at the hour, from the year of birth
    is_female FLOAT,                     -- 1, 0, NULL unknown
    hours_in_hospital FLOAT,             -- h since the encounter began
    place_kind VARCHAR,                  -- ward, icu, ...; where the patient is, as known then
    hours_in_place FLOAT,
    earlier_icu_stays FLOAT,             -- stays in intensive care before the present place
    hours_since_icu FLOAT,               -- h since the last of them ended
    on_vasopressor FLOAT,                -- 1 in force, 0 not; by kind, see concepts.csv
    on_inotrope FLOAT,
    on_ventilation FLOAT,                -- invasive
    on_support FLOAT,                    -- non-invasive ventilation
    -- {columns}
    bucket UTINYINT NOT NULL             -- patient_id % 16: how the history is cut
);
ALTER TABLE twin.patient_hour SET PARTITIONED BY (bucket);
