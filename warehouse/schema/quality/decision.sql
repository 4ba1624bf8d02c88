-- One row per decision of a person on a refused row.
CREATE TABLE IF NOT EXISTS quality.decision (
    decision_id VARCHAR NOT NULL,        -- SHA-256 of the landed line
    batch_id VARCHAR NOT NULL,           -- with line and part: the refused row
    line BIGINT NOT NULL,
    part SMALLINT NOT NULL,
    action VARCHAR NOT NULL,             -- release, fix, reject
    rules VARCHAR NOT NULL,              -- what the row broke when it was decided
    outcome VARCHAR NOT NULL,            -- accepted, still refused, rejected
    changed VARCHAR,                     -- fix: the columns changed, comma-separated
    changes BLOB,                        -- fix: column and new text, JSON, AES-GCM
    decided_by BLOB NOT NULL,            -- AES-GCM
    reason BLOB NOT NULL,                -- AES-GCM
    decided_at TIMESTAMPTZ NOT NULL,
    batch_no BIGINT NOT NULL             -- the decision file's own batch
);
