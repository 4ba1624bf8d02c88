-- One row per device, failure class, signal and slot (ten minutes, or a UTC day) that looks like it.
CREATE TABLE IF NOT EXISTS twin.device_flag (
    device_id BIGINT NOT NULL,
    class VARCHAR NOT NULL,
    signal VARCHAR NOT NULL,
    slot TIMESTAMPTZ NOT NULL,           -- its start
    since TIMESTAMPTZ NOT NULL,          -- start of the evidence
    known TIMESTAMPTZ NOT NULL,          -- time of the last reading of the evidence
    verdict VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL            -- JSON
);
