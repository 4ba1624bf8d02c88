-- One row per refused row, kept whole.
CREATE TABLE IF NOT EXISTS quality.quarantine (
    batch_id VARCHAR NOT NULL,
    line BIGINT NOT NULL,                -- data row in the file, from 1; value rows of one FHIR line share it
    part SMALLINT NOT NULL,              -- which value row of that line, from 0
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,               -- which of the source's files
    into_table VARCHAR NOT NULL,         -- the table it was meant for
    rules VARCHAR NOT NULL,              -- the rules it broke, comma-separated
    refused_row BLOB NOT NULL,           -- the row as read, JSON, AES-GCM
    first_seen TIMESTAMPTZ NOT NULL,     -- when its file landed
    batch_no BIGINT NOT NULL
);
