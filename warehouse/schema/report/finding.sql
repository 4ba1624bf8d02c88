-- One row per finding: something about a source that a person should look at.
CREATE TABLE IF NOT EXISTS report.finding (
    finding_id UBIGINT NOT NULL,         -- hash of kind, what it is about, and its beginning
    kind VARCHAR NOT NULL,               -- finding_kinds.csv
    source VARCHAR,                      -- NULL where it is about a ward
    concept VARCHAR,
    code VARCHAR,                        -- as sent
    ward VARCHAR,
    firmware VARCHAR,                    -- "model firmware"
    first_batch_no BIGINT,               -- the first bad batch; of a silence the last one before it
    began TIMESTAMPTZ NOT NULL,          -- when that batch landed
    ended TIMESTAMPTZ,                   -- NULL while open
    size DOUBLE NOT NULL,                -- the statistic
    measure VARCHAR NOT NULL,            -- what `size` is: hours, ratio, share, ks, rows
    words VARCHAR NOT NULL,              -- one plain sentence, no patient value
    state VARCHAR NOT NULL               -- open, closed: as of the time the findings were made for
);
