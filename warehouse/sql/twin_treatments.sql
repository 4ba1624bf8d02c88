-- One row per version of a treatment that may count at a wanted instant, in no order.
-- Given: wanted_windows (patient_id, patient, first, last), as in twin_readings; wanted_treatments
-- (concept, number); infusion_units (source_unit, factor): to ug/kg/min.
-- A version counts until the next one arrives; one that takes back or only orders counts as none.
WITH versions AS (
    SELECT
        treatment_id, patient_id, concept, start_time, end_time, dose, source_unit, arrived,
        is_retracted OR is_order AS is_none,
        lead(arrived) OVER (
            PARTITION BY treatment_id ORDER BY arrived, batch_no, is_retracted
        ) AS superseded
    FROM clinical.treatment
)

SELECT
    CAST(number * (SELECT max(patient) + 1 FROM wanted_windows) + patient AS UINTEGER) AS owner,
    treatment_id,
    epoch_us(start_time) AS start,
    coalesce(epoch_us(end_time), 9223372036854775807) AS stop,
    epoch_us(arrived) AS arrived,
    coalesce(epoch_us(superseded), 9223372036854775807) AS superseded,
    coalesce(dose * factor, 'NaN') AS rate
FROM versions
JOIN wanted_windows USING (patient_id)
JOIN wanted_treatments USING (concept)
LEFT JOIN infusion_units USING (source_unit)
WHERE NOT is_none AND start_time <= last AND (end_time IS NULL OR end_time > first)
