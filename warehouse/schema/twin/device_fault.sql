-- One row per device, failure class, signal and start.
CREATE TABLE IF NOT EXISTS twin.device_fault (
    device_id BIGINT NOT NULL,
    class VARCHAR NOT NULL,              -- device_faults.csv
    signal VARCHAR NOT NULL,             -- device_signals.csv; `all` for the whole device
    start_time TIMESTAMPTZ NOT NULL,     -- since when the readings look like it
    end_time TIMESTAMPTZ,                -- NULL while it lasts
    detected TIMESTAMPTZ NOT NULL,       -- the time of the reading with which the evidence sufficed
    verdict VARCHAR NOT NULL,            -- technical; clinical where a second sign moved with it
    evidence VARCHAR NOT NULL            -- JSON: counts and numbers at that time, of no patient
);
