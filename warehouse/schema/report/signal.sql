-- One row per UTC day, source, concept, unit as sent, ward and device firmware: what was measured.
-- Cells of fewer than five patients are kept for sums and never shown by themselves.
CREATE TABLE IF NOT EXISTS report.signal (
    day DATE NOT NULL,                   -- UTC day on which the source knew (arrived)
    source VARCHAR NOT NULL,
    concept VARCHAR NOT NULL,            -- concepts.csv; numeric ones only
    source_unit VARCHAR,                 -- as sent
    ward VARCHAR,                        -- where the patient lay then; NULL unknown
    firmware VARCHAR,                    -- "model firmware" of the device then; NULL no device or unknown
    n BIGINT NOT NULL,                   -- rows
    missing BIGINT NOT NULL,             -- of these without a value: taken back by the source
    patients BIGINT NOT NULL,            -- different patients with a value
    mean DOUBLE,                         -- of the patients' medians of that day, in the concept's unit
    bins SMALLINT[] NOT NULL,            -- floor(100 ln median): a bin is 1 % wide; -1000: zero or below
    counts INTEGER[] NOT NULL,           -- patients whose median of that day lies in the bin
    first_batch_no BIGINT NOT NULL,
    last_batch_no BIGINT NOT NULL
);
