-- One row per version of one recorded condition (diagnosis or problem).
CREATE TABLE IF NOT EXISTS clinical.condition (
    condition_id UBIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    encounter_id BIGINT,
    source_code VARCHAR NOT NULL,
    time TIMESTAMPTZ NOT NULL,           -- when it began, else when it was recorded
    is_retracted BOOLEAN NOT NULL DEFAULT false, -- entered in error or cancelled: it never was
    arrived TIMESTAMPTZ NOT NULL,
    batch_no BIGINT NOT NULL
);
