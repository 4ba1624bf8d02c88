-- One row per version of a statement that two patients' numbers mean one person, or that they do not.
-- Nothing else is changed by it: rows keep the patient that their source named, and a link that is
-- taken back leaves no trace in them.
CREATE TABLE IF NOT EXISTS clinical.link (
    link_id UBIGINT NOT NULL,            -- hash of the two, whichever way round
    patient_id BIGINT NOT NULL,          -- the number that is given up
    into_id BIGINT NOT NULL,             -- the number that stays
    is_linked BOOLEAN NOT NULL,          -- false: they are two people after all
    reason VARCHAR NOT NULL,             -- who says so: ADT^A40, ADT^A37, decision
    source VARCHAR NOT NULL,
    arrived TIMESTAMPTZ NOT NULL,        -- when the source's system knew
    batch_no BIGINT NOT NULL             -- when we learned it
);
