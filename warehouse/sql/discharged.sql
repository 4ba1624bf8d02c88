-- One row per patient who has left: every stay we know of has ended, and nothing was measured more
-- than an hour after. (Measured later: back already, only the admission is late.)
-- A patient of a historical source stands at their own last hour: there only what ended by then.
-- wanted_twins (patient_id, time, measured) is given.
SELECT twin.patient_id
FROM wanted_twins AS twin
JOIN clinical.encounter_current AS stay USING (patient_id)
LEFT JOIN ops.source AS source USING (source)
GROUP BY twin.patient_id, twin.time, twin.measured
HAVING
    bool_and(coalesce(
        stay.end_time <= twin.time OR (source.is_live AND stay.end_time IS NOT NULL), false
    ))
    AND coalesce(twin.measured <= max(stay.end_time) + INTERVAL 1 HOUR, true)
