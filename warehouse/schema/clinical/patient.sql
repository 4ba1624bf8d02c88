-- One row per version of a patient's demographics.
CREATE TABLE IF NOT EXISTS clinical.patient (
    patient_id BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    sex VARCHAR,                         -- FHIR administrative gender: male, female, other, unknown
    birth_year SMALLINT,                 -- the year only: a date of birth identifies
    death_time TIMESTAMPTZ,              -- NULL while alive or unknown
    arrived TIMESTAMPTZ NOT NULL,        -- when the source's system knew
    batch_no BIGINT NOT NULL             -- when we learned it
);
