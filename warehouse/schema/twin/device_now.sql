-- One row per device: what it last told.
CREATE TABLE IF NOT EXISTS twin.device_now (
    device_id BIGINT NOT NULL,
    patient_id BIGINT,                   -- whom it measured last
    time TIMESTAMPTZ NOT NULL,           -- its last reading
    readings BIGINT NOT NULL,            -- accepted, within the 24 h up to `time`
    concepts BIGINT NOT NULL             -- how many different signs among them
);
