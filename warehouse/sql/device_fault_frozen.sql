-- One row per slot in which a signal is flat, or only ever makes great jumps (`stuck`).
-- A value at its ceiling (SpO2 100 % on oxygen) may rest there. Given: device_slot, device_rule,
-- concept_ceiling (concept, ceiling).
WITH windows AS (
    SELECT
        *,
        sum(readings) OVER recent AS told,
        min(low) OVER recent AS lowest,
        max(high) OVER recent AS highest,
        min(smallest_step) OVER recent AS smallest,
        sum(changes) OVER recent AS changed,
        min(slot) OVER recent AS since
    FROM device_slot
    JOIN device_rule USING (signal)
    WHERE class IN ('flatline', 'stuck')
    WINDOW recent AS (
        PARTITION BY device_id, patient_id, class, signal ORDER BY slot
        RANGE BETWEEN to_minutes(minutes - 10) PRECEDING AND CURRENT ROW
    )
)

SELECT
    device_id, class, windows.signal, slot, since, last AS known,
    to_json({
        'readings': CAST(told AS BIGINT), 'changes': CAST(changed AS BIGINT),
        'smallest_change': smallest
    }) AS evidence
FROM windows
LEFT JOIN concept_ceiling ON concept_ceiling.concept = windows.signal
WHERE
    slot - since >= to_minutes(minutes - 10)
    AND CASE class
        WHEN 'flatline'
        THEN lowest = highest AND told >= fewest AND highest < coalesce(ceiling, 'infinity')
        ELSE smallest >= threshold AND changed >= fewest
    END
