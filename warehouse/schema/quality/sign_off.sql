-- One row per decision of a person about the validation report of one month; append-only.
CREATE TABLE IF NOT EXISTS quality.sign_off (
    decision_id VARCHAR NOT NULL,        -- SHA-256 of the landed line
    period VARCHAR NOT NULL,             -- the month, yyyy-mm
    data_hash VARCHAR NOT NULL,          -- SHA-256 of what the report was made from
    who VARCHAR NOT NULL,                -- the responding user's name; ciphertext unless like a code
    time TIMESTAMPTZ NOT NULL,           -- when they answered
    decision VARCHAR NOT NULL,           -- approved, rejected
    saw VARCHAR NOT NULL,                -- JSON {name: count}: what stood before them
    batch_no BIGINT NOT NULL             -- the decision file's own batch
);
