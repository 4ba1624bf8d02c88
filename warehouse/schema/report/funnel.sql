-- One row per source: how many of what landed reached the twins and the labels. All days together.
CREATE TABLE IF NOT EXISTS report.funnel (
    source VARCHAR NOT NULL,
    files BIGINT NOT NULL,               -- landed
    refused_files BIGINT NOT NULL,       -- of these refused whole
    read BIGINT NOT NULL,                -- rows; read = accepted + quarantined + duplicate
    quarantined BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    used BIGINT NOT NULL,                -- of the accepted: a value of a sign that twins are made of
    patients BIGINT NOT NULL,            -- with such a value
    twin_patients BIGINT NOT NULL,       -- of these with a twin's history
    twin_hours BIGINT NOT NULL,          -- patient-hours of these
    labelled_hours BIGINT NOT NULL       -- of these at risk, and followed for 24 h
);
