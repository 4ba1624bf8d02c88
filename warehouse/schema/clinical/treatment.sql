-- One row per version of one treatment, given or ordered: a drug, an infusion, a procedure.
CREATE TABLE IF NOT EXISTS clinical.treatment (
    treatment_id UBIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    encounter_id BIGINT,
    concept VARCHAR,                     -- concepts.csv (vasopressors, ventilation, ...); NULL unmapped
    source_code VARCHAR NOT NULL,
    start_time TIMESTAMPTZ NOT NULL,
    end_time TIMESTAMPTZ,
    dose DOUBLE,                         -- in source_unit
    source_unit VARCHAR,                 -- as sent
    is_order BOOLEAN NOT NULL DEFAULT false,     -- asked for: nothing says that it was given
    is_retracted BOOLEAN NOT NULL DEFAULT false, -- entered in error or cancelled: it never was
    arrived TIMESTAMPTZ NOT NULL,
    batch_no BIGINT NOT NULL
);
