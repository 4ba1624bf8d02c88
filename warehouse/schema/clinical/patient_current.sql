-- One row per person: the newest version of any of their numbers (see clinical.person), with sex and
-- year of birth as last stated. A message about a death need not repeat them; a death that it no
-- longer states is taken back.
CREATE VIEW IF NOT EXISTS clinical.patient_current AS
SELECT
    person_id AS patient_id,
    source,
    coalesce(last_value(nullif(sex, 'unknown') IGNORE NULLS) OVER versions, sex) AS sex,
    last_value(birth_year IGNORE NULLS) OVER versions AS birth_year,
    death_time,
    arrived,
    batch_no
FROM (
    SELECT patient.*, coalesce(alias.person_id, patient.patient_id) AS person_id
    FROM clinical.patient AS patient
    LEFT JOIN clinical.person AS alias ON patient.patient_id = alias.patient_id
)
WINDOW versions AS (PARTITION BY person_id ORDER BY arrived, batch_no)
QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY arrived DESC, batch_no DESC) = 1;
