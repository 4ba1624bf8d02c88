-- One row: what the tables of this schema were made from.
CREATE TABLE IF NOT EXISTS report.built (
    until TIMESTAMPTZ NOT NULL,          -- the time the run was told; nothing later was used
    batch_no BIGINT NOT NULL             -- the newest batch then
);
