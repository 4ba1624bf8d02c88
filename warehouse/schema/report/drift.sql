-- One row per source, concept and group: the latest days held against the reference days.
CREATE TABLE IF NOT EXISTS report.drift (
    source VARCHAR NOT NULL,
    concept VARCHAR NOT NULL,
    grouped_by VARCHAR NOT NULL,         -- source, ward, firmware
    name VARCHAR NOT NULL,               -- the ward or firmware; the source itself
    reference_from DATE NOT NULL,        -- first day of the reference
    reference_to DATE NOT NULL,          -- its last day
    recent_from DATE NOT NULL,           -- first day of what is held against it
    recent_to DATE NOT NULL,
    reference_n BIGINT NOT NULL,         -- patient-days
    n BIGINT NOT NULL,                   -- patient-days
    psi DOUBLE NOT NULL,                 -- population stability index over ten bins of the reference
    ks DOUBLE NOT NULL,                  -- Kolmogorov-Smirnov distance, 0..1
    ratio DOUBLE NOT NULL,               -- median of the recent days / median of the reference
    is_drift BOOLEAN NOT NULL,           -- both measures beyond their limits (quality_limits.csv)
    first_batch_no BIGINT                -- first batch of the first drifted day; NULL: no drift
);
