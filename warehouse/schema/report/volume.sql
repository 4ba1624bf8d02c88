-- One row per UTC day of landing, source and kind of file: what came, and what became of it.
CREATE TABLE IF NOT EXISTS report.volume (
    day DATE NOT NULL,                   -- UTC day on which the files landed
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,               -- which of the source's files
    batches BIGINT NOT NULL,             -- files taken in
    refused_batches BIGINT NOT NULL,     -- files refused whole
    read BIGINT NOT NULL,                -- rows; read = accepted + quarantined + duplicate
    accepted BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    unmapped BIGINT NOT NULL,            -- of the accepted
    first_batch_no BIGINT NOT NULL,
    last_batch_no BIGINT NOT NULL,
    last_landed TIMESTAMPTZ NOT NULL
);
