-- One row per patient: the twin at the patient's own last `arrived`. Times, never ages.
CREATE TABLE IF NOT EXISTS twin.patient_now (
    patient_id BIGINT NOT NULL,
    time TIMESTAMPTZ NOT NULL,           -- the instant: the patient's last arrived
    encounter_id BIGINT,
    age FLOAT,                           -- a, from the year of birth
    is_female FLOAT,
    hours_in_hospital FLOAT,
    place_kind VARCHAR,                  -- ward, icu, ...; where the patient is, as known then
    hours_in_place FLOAT,
    earlier_icu_stays FLOAT,             -- stays in intensive care before the present place
    hours_since_icu FLOAT,               -- h since the last of them ended
    on_vasopressor FLOAT,                -- 1 in force, 0 not; by kind, see concepts.csv
    on_inotrope FLOAT,
    on_ventilation FLOAT,                -- invasive
    on_support FLOAT,                    -- non-invasive ventilation
    -- {columns}
    batch_no BIGINT NOT NULL             -- the newest batch seen when it was computed
);
