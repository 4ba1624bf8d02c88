-- One row per month that somebody has signed or was to sign: what the data were that the tables of
-- this schema were made from. A sign-off of others is void.
CREATE TABLE IF NOT EXISTS report.signed (
    period VARCHAR NOT NULL,             -- the month, yyyy-mm
    data_hash VARCHAR NOT NULL           -- as in quality.sign_off, at the time of report.built
);
