-- One row per version of what a person set for one patient and concept, until a time.
CREATE TABLE IF NOT EXISTS clinical.personal_limit (
    decision_id VARCHAR NOT NULL,        -- SHA-256 of the landed line
    patient_id BIGINT NOT NULL,
    concept VARCHAR NOT NULL,            -- concepts.csv; spo2_scale: NEWS2 SpO2 scale 2, no limits
    low DOUBLE,                          -- in the concept's unit: what is below is told
    high DOUBLE,                         -- in the concept's unit: what is above is told
    until TIMESTAMPTZ,                   -- in force before it; NULL when ended
    who BLOB NOT NULL,                   -- AES-GCM
    why BLOB NOT NULL,                   -- AES-GCM
    is_retracted BOOLEAN NOT NULL DEFAULT false, -- ended: none is in force from then on
    arrived TIMESTAMPTZ NOT NULL,        -- when it was decided
    batch_no BIGINT NOT NULL             -- the decision file's own batch
);
