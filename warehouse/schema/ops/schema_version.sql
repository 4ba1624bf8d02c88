-- One row: the version of all tables together.
CREATE TABLE IF NOT EXISTS ops.schema_version (
    version INTEGER NOT NULL
);
