-- One row per version of a patient's stay in one place.
CREATE TABLE IF NOT EXISTS clinical.location (
    location_id UBIGINT NOT NULL,        -- hash of patient, encounter and start (or the native id)
    patient_id BIGINT NOT NULL,
    encounter_id BIGINT,
    ward VARCHAR,
    bed VARCHAR,
    place_id BIGINT,                     -- names ward and bed where the source itself does not
    kind VARCHAR NOT NULL,               -- ward, icu, stepdown, ed, theatre, lounge, discharged, other
    start_time TIMESTAMPTZ NOT NULL,
    end_time TIMESTAMPTZ,                -- NULL while there
    is_retracted BOOLEAN NOT NULL DEFAULT false, -- entered in error or cancelled: it never was
    arrived TIMESTAMPTZ NOT NULL,
    batch_no BIGINT NOT NULL
);
