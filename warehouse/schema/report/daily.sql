-- One row per UTC day of landing, source, table and rule: how many rows it saw and refused.
CREATE TABLE IF NOT EXISTS report.daily (
    day DATE NOT NULL,                   -- UTC day on which the files landed
    source VARCHAR NOT NULL,
    into_table VARCHAR NOT NULL,         -- the table the rows were meant for
    rule VARCHAR NOT NULL,               -- rules.csv
    dimension VARCHAR NOT NULL,          -- completeness, validity, plausibility, consistency, timeliness
    checked BIGINT NOT NULL,             -- rows
    failed BIGINT NOT NULL,              -- rows
    first_failed_batch_no BIGINT         -- the first batch of the day with a refused row; NULL: none
);
