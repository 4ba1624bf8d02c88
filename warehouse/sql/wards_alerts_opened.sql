-- One row per alert of a live source opened since $since, with the ward the patient was on.
SELECT a.alert_id, a.opened, l.ward
FROM alert.alert AS a
LEFT JOIN clinical.patient_current AS p USING (patient_id)
LEFT JOIN ops.source AS s USING (source)
LEFT JOIN clinical.location_current AS l
    ON l.patient_id = a.patient_id AND l.kind <> 'discharged' AND l.start_time <= a.opened
WHERE a.opened >= $since AND coalesce(s.is_live, TRUE)
QUALIFY row_number() OVER (PARTITION BY a.alert_id ORDER BY l.start_time DESC NULLS LAST) = 1
ORDER BY a.opened
