-- One row per version of a stay: a hospital encounter, or an ICU stay inside one.
CREATE TABLE IF NOT EXISTS clinical.encounter (
    encounter_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    site VARCHAR NOT NULL,
    part_of BIGINT,                      -- the hospital encounter of an ICU stay, else NULL
    class VARCHAR,                       -- FHIR ActCode: IMP inpatient, EMER, AMB, ...; ICU for stays
    start_time TIMESTAMPTZ NOT NULL,
    end_time TIMESTAMPTZ,                -- NULL while in hospital
    death_time TIMESTAMPTZ,              -- death in hospital
    is_retracted BOOLEAN NOT NULL DEFAULT false, -- entered in error or cancelled: it never was
    arrived TIMESTAMPTZ NOT NULL,
    batch_no BIGINT NOT NULL
);
