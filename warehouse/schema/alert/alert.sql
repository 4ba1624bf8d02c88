-- One row per alert: one open alert per patient and cause.
CREATE TABLE IF NOT EXISTS alert.alert (
    alert_id BIGINT NOT NULL,            -- hash of patient, cause and opening instant
    patient_id BIGINT NOT NULL,
    encounter_id BIGINT,
    cause VARCHAR NOT NULL,              -- news2_total, news2_single, risk, personal_limit
    level VARCHAR NOT NULL,              -- watch, urgent, emergency: the highest since it opened
    state VARCHAR NOT NULL,              -- open, resolved
    opened TIMESTAMPTZ NOT NULL,         -- the twin's instant
    resolved TIMESTAMPTZ,
    reasons VARCHAR NOT NULL             -- JSON [{concept, value, time, points}] at the last rise
);
