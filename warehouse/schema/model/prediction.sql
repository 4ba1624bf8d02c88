-- One row per patient and instant scored; append-only.
CREATE TABLE IF NOT EXISTS model.prediction (
    patient_id BIGINT NOT NULL,
    time TIMESTAMPTZ NOT NULL,           -- the twin's instant
    batch_no BIGINT NOT NULL,            -- rows up to this batch were known
    model_id VARCHAR NOT NULL,
    feature_set VARCHAR NOT NULL,        -- digest of the ordered feature names
    risk DOUBLE NOT NULL,                -- probability of deterioration within 24 h
    level VARCHAR NOT NULL,              -- risk_bands.csv: routine, watch, urgent, emergency
    margin DOUBLE NOT NULL,              -- log-odds before calibration
    reasons VARCHAR                      -- JSON [{concept, value, unit, time, contribution, words}]; NULL: nobody looks
);
