-- One row per patient id that is linked to another: the person that it stands for now.
-- Made anew from clinical.link (sql/persons.sql) with every batch that holds a link.
CREATE TABLE IF NOT EXISTS clinical.person (
    patient_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL            -- the id of theirs that stays; of itself it is the same
);
