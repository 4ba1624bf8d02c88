-- One row per source, code and unit that source_codes.csv does not know, among the accepted rows.
CREATE TABLE IF NOT EXISTS report.unmapped (
    source VARCHAR NOT NULL,
    code VARCHAR NOT NULL,               -- as sent; ciphertext where it does not look like a code
    unit VARCHAR,                        -- as sent
    n BIGINT NOT NULL,                   -- rows
    patients BIGINT NOT NULL,
    first_seen TIMESTAMPTZ NOT NULL,     -- arrived
    last_seen TIMESTAMPTZ NOT NULL,
    first_batch_no BIGINT NOT NULL
);
