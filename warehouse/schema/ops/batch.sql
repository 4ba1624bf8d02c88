-- One row per landed file that was judged: the ledger.
-- read = accepted + quarantined + duplicate, always, for a committed batch.
CREATE TABLE IF NOT EXISTS ops.batch (
    batch_no BIGINT NOT NULL,            -- dense, given inside the write transaction
    batch_id VARCHAR NOT NULL,           -- SHA-256 of source, meaningful file name and bytes
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,               -- which of the source's files, e.g. labevents
    file_name VARCHAR,                   -- only where the source says that its names are safe
    bytes BIGINT NOT NULL,
    landed TIMESTAMPTZ NOT NULL,         -- when the file lay complete in landing
    processed TIMESTAMPTZ NOT NULL,      -- the time the run was told
    state VARCHAR NOT NULL,              -- committed, refused
    reason VARCHAR,                      -- why refused, and what to do
    read BIGINT NOT NULL,                -- rows in one voice
    accepted BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    unmapped BIGINT NOT NULL             -- of the accepted: code not in source_codes.csv
);
