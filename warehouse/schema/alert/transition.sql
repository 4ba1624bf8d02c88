-- One row per change of an alert; append-only.
CREATE TABLE IF NOT EXISTS alert.transition (
    alert_id BIGINT NOT NULL,
    time TIMESTAMPTZ NOT NULL,           -- the twin's instant
    batch_no BIGINT NOT NULL,
    change VARCHAR NOT NULL,             -- opened, raised, resolved
    level VARCHAR NOT NULL,              -- after the change
    reasons VARCHAR NOT NULL             -- JSON, as in alert.alert
);
