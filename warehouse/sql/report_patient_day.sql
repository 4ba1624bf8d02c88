-- One row per UTC day, source, concept, unit as sent, ward, firmware and patient: the median.
-- Ward and firmware are those of the time; day is when the source knew.
WITH measured AS (
    SELECT
        CAST(o.arrived AS DATE) AS day, coalesce(o.source, b.source) AS source, o.concept,
        o.source_unit, o.patient_id, o.device_id, o.time, o.arrived, o.value, o.batch_no
    FROM clinical.observation AS o
    JOIN ops.batch AS b USING (batch_no)
    WHERE b.landed <= $until AND o.concept IN (SELECT unnest($concepts))
),

placed AS (
    SELECT
        m.*, CASE WHEN l.end_time IS NULL OR m.time < l.end_time THEN l.ward END AS ward
    FROM measured AS m
    ASOF LEFT JOIN (
        FROM clinical.location_current WHERE ward IS NOT NULL AND kind <> 'discharged'
    ) AS l ON l.patient_id = m.patient_id AND l.start_time <= m.time
),

of_device AS (
    SELECT p.*, concat_ws(' ', d.model, d.firmware) AS firmware
    FROM placed AS p
    ASOF LEFT JOIN (FROM clinical.device WHERE firmware IS NOT NULL) AS d
        ON d.device_id = p.device_id AND d.arrived <= p.arrived
)

SELECT
    day, source, concept, source_unit, ward,
    nullif(firmware, '') AS firmware, patient_id,
    count(*) AS n,
    count(*) - count(value) AS missing,
    median(value) AS median,
    min(batch_no) AS first_batch_no,
    max(batch_no) AS last_batch_no
FROM of_device
GROUP BY day, source, concept, source_unit, ward, firmware, patient_id
