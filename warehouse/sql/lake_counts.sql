-- One row: how much of what there is.
SELECT
    (SELECT count(*) FROM clinical.patient_current) AS patients,
    (SELECT count(*) FROM clinical.encounter_current WHERE part_of IS NULL) AS admissions,
    (SELECT count(*) FROM twin.patient_hour) AS twin_hours,
    (SELECT count(*) FROM alert.alert) AS alerts,
    (SELECT coalesce(bool_or(is_synthetic), false) FROM ops.source) AS synthetic;
