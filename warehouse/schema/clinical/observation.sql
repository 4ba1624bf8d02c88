-- One row per version of one clinical event (one value).
CREATE TABLE IF NOT EXISTS clinical.observation (
    observation_id UBIGINT NOT NULL,     -- hash of source and native id, else of the content
    patient_id BIGINT NOT NULL,
    encounter_id BIGINT,
    device_id BIGINT,
    time TIMESTAMPTZ NOT NULL,           -- when it was true
    arrived TIMESTAMPTZ NOT NULL,        -- when the source's system knew
    concept VARCHAR,                     -- concepts.csv; NULL when the code is not mapped
    source_code VARCHAR NOT NULL,
    value DOUBLE,                        -- in `unit`; coded values by coded_values.csv
    unit VARCHAR,                        -- UCUM, the concept's
    source_value DOUBLE,                 -- as sent, where it is a number
    source_text BLOB,                    -- as sent, where it is not: AES-GCM
    source_unit VARCHAR,                 -- as sent
    is_revised BOOLEAN NOT NULL,         -- another version of the same id was there before
    source VARCHAR,                      -- whose file it came in, though another batch let it in later
    batch_no BIGINT NOT NULL             -- the batch that let it in
);
