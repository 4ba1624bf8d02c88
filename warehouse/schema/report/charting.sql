-- One row per UTC day, ward and concept that is measured there: how often, and of how many patients.
CREATE TABLE IF NOT EXISTS report.charting (
    day DATE NOT NULL,                   -- UTC day of the measurement (time)
    ward VARCHAR NOT NULL,
    concept VARCHAR NOT NULL,            -- concepts.csv
    patient_hours DOUBLE NOT NULL,       -- h spent in the ward that day, all patients together
    patients BIGINT NOT NULL,            -- who lay in the ward that day
    measured BIGINT NOT NULL,            -- of these with at least one value
    readings BIGINT NOT NULL,            -- values
    first_batch_no BIGINT                -- that brought one; NULL: none
);
