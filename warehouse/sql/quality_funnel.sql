-- One row per source: landed, read, accepted, used in twins, labelled.
SELECT
    source, files, refused_files, read, quarantined, duplicate, accepted, used,
    CASE WHEN patients >= 5 THEN patients END AS patients,  -- NULL: fewer than five
    CASE WHEN patients >= 5 THEN twin_patients END AS twin_patients,
    twin_hours, labelled_hours
FROM report.funnel
ORDER BY source
