-- One row per device: what it last told.
CREATE TABLE IF NOT EXISTS twin.device_now (
    device_id BIGINT NOT NULL,
    kind VARCHAR,                        -- as the inventory tells, with model and firmware
    model VARCHAR,
    firmware VARCHAR,
    patient_id BIGINT,                   -- whom it measured last
    time TIMESTAMPTZ NOT NULL,           -- its last reading
    seen TIMESTAMPTZ NOT NULL,           -- when its newest reading of that day arrived
    readings BIGINT NOT NULL,            -- accepted, within the 24 h up to `time`
    concepts BIGINT NOT NULL,            -- how many different signs among them
    battery DOUBLE,                      -- %, the last told in these 24 h
    calibrated TIMESTAMPTZ,              -- when, if told in these 24 h
    open_faults VARCHAR[] NOT NULL       -- classes of twin.device_fault that have no end
);
