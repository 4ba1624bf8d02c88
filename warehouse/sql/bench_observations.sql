-- One row per reading of one day on a made-up ward: each sign at its hours, at a minute of its own,
-- one in twenty left out. Given: $day, from 0; bench_concepts (concept, number, hours, chart_low,
-- chart_high, decimals).
SELECT
    hash(patient_id, hour, number) AS observation_id,
    patient_id,
    patient_id AS encounter_id,
    TIMESTAMPTZ '2026-03-01 00:00:00+00'
        + to_seconds(hour * 3600 + hash(hour, number, patient_id) % 3600) AS time,
    time AS arrived,
    concept,
    concept AS source_code,
    round(
        chart_low + (chart_high - chart_low) * (hash(number, patient_id, hour) % 1000) / 1000,
        CAST(decimals AS INTEGER)
    ) AS value,
    false AS is_revised,
    $day + 1 AS batch_no
FROM clinical.patient
CROSS JOIN range($day * 24, $day * 24 + 24) AS clock(hour)
CROSS JOIN bench_concepts
WHERE hour % hours = 0 AND hash(patient_id, number, hour) % 20 > 0
ORDER BY arrived
