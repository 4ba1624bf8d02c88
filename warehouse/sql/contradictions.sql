-- One row per blood pressure that contradicts another of the same file, patient, device and instant.
-- Where several of a kind were taken at once, only what fails however they are paired: the highest
-- systolic not above the lowest diastolic, or a mean outside both. Implausible ones do not testify.
WITH pressures AS (
    SELECT line, part, patient_id, device_id, time, concept, value
    FROM converted_observation
    WHERE concept IN ('systolic_bp', 'diastolic_bp', 'mean_bp')
        AND value BETWEEN plausible_low AND plausible_high
),

taken_at_once AS (
    SELECT
        patient_id, device_id, time,
        max(value) FILTER (concept = 'systolic_bp') AS highest,
        min(value) FILTER (concept = 'diastolic_bp') AS lowest
    FROM pressures
    GROUP BY ALL
    HAVING count(DISTINCT concept) > 1
)

SELECT p.line, p.part, p.concept = 'mean_bp' AS is_mean
FROM pressures AS p
JOIN taken_at_once AS o
    ON o.patient_id IS NOT DISTINCT FROM p.patient_id
    AND o.device_id IS NOT DISTINCT FROM p.device_id AND o.time = p.time
WHERE CASE
    WHEN p.concept = 'mean_bp'
    THEN p.value < coalesce(o.lowest, p.value) OR p.value > coalesce(o.highest, p.value)
    ELSE o.highest <= o.lowest
END
