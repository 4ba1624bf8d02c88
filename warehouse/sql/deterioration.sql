-- One row per patient and whole hour at risk: did the patient deteriorate within 24 h after it?
-- Deterioration: the first of ICU transfer, start of a vasopressor, start of invasive ventilation,
-- death. At risk: none of them in force, not yet discharged.
-- critical_care (patient_id, start_time, end_time) is given.
WITH deteriorated AS (
    SELECT patient_id, start_time, end_time FROM critical_care
    UNION ALL
    SELECT patient_id, death_time, TIMESTAMPTZ 'infinity'
    FROM clinical.encounter_current
    WHERE death_time IS NOT NULL
    UNION ALL
    SELECT patient_id, death_time, TIMESTAMPTZ 'infinity'
    FROM clinical.patient_current
    WHERE death_time IS NOT NULL
),

hours AS (
    SELECT
        twin.patient_id,
        twin.hour,
        stay.end_time,
        greatest(stay.end_time, stay.death_time) AS follow_up_end,
        max(twin.hour) OVER (PARTITION BY twin.patient_id) AS record_end
    FROM twin.patient_hour AS twin
    LEFT JOIN clinical.encounter_current AS stay USING (encounter_id)
),

at_risk AS (
    SELECT *
    FROM hours
    WHERE (end_time IS NULL OR hour < end_time)
        AND NOT EXISTS (
            SELECT * FROM deteriorated AS d
            WHERE d.patient_id = hours.patient_id AND d.start_time <= hour AND hour < d.end_time
        )
),

outcomes AS (
    SELECT
        at_risk.patient_id,
        at_risk.hour,
        coalesce(
            event.start_time <= at_risk.hour + INTERVAL 24 HOUR
            AND event.start_time <= coalesce(at_risk.follow_up_end, TIMESTAMPTZ 'infinity'), false
        ) AS has_deteriorated,
        -- discharge ends the follow-up: who left without an event counts as well; but where the
        -- record just stops with the patient still in hospital, nobody knows: the hour is left out
        follow_up_end IS NOT NULL OR hour + INTERVAL 24 HOUR <= record_end AS is_followed
    FROM at_risk
    ASOF LEFT JOIN deteriorated AS event
        ON at_risk.patient_id = event.patient_id AND at_risk.hour < event.start_time
)

SELECT patient_id, hour, CAST(has_deteriorated AS INTEGER) AS label
FROM outcomes
WHERE has_deteriorated OR is_followed
ORDER BY patient_id, hour
