-- One row per batch, table and rule: counts, never values.
CREATE TABLE IF NOT EXISTS quality.expectation_result (
    batch_no BIGINT NOT NULL,
    into_table VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    dimension VARCHAR NOT NULL,          -- completeness, validity, plausibility, consistency, timeliness
    checked BIGINT NOT NULL,             -- rows
    failed BIGINT NOT NULL               -- rows
);
