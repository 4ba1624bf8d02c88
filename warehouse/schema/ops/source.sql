-- One row per source, as its YAML said when it was last used.
CREATE TABLE IF NOT EXISTS ops.source (
    source VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    site VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    zone VARCHAR,                        -- IANA zone of its times without offset
    is_live BOOLEAN NOT NULL,            -- ages are held against the clock
    is_synthetic BOOLEAN NOT NULL,
    cadence_minutes DOUBLE,              -- promised: something new at least this often
    expected_rows BIGINT                 -- promised: about so many rows in that time
);
