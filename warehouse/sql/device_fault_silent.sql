-- One row per slot in which a signal is silent that its device told within the look-back.
-- Given: device_slot, device_rule, $look_back (minutes).
WITH sets AS (
    SELECT device_id, patient_id, slot, max(readings) AS sets, max(last) AS last
    FROM device_slot
    GROUP BY ALL
),

beside AS (
    SELECT sets.*, class, rule.signal, minutes, fewest, coalesce(told.readings, 0) AS told
    FROM sets
    CROSS JOIN (
        FROM device_rule WHERE class IN ('dropout', 'probe_off') AND signal <> 'all'
    ) AS rule
    LEFT JOIN device_slot AS told
        ON told.device_id = sets.device_id AND told.patient_id = sets.patient_id
        AND told.slot = sets.slot AND told.signal = rule.signal
),

windows AS (
    SELECT
        *,
        sum(told) OVER recent AS told_now,
        sum(sets) OVER recent AS sets_now,
        min(slot) OVER recent AS since,
        count(*) FILTER (2 * told >= sets) OVER before AS told_before
    FROM beside
    WINDOW
        recent AS (
            PARTITION BY device_id, patient_id, class, signal ORDER BY slot
            RANGE BETWEEN to_minutes(minutes - 10) PRECEDING AND CURRENT ROW
        ),
        before AS (
            PARTITION BY device_id, patient_id, class, signal ORDER BY slot
            RANGE BETWEEN to_minutes($look_back) PRECEDING AND to_minutes(minutes) PRECEDING
        )
)

SELECT
    device_id, class, signal, slot, since, last AS known,
    to_json({'readings': 0, 'sets_without_it': CAST(sets_now AS BIGINT)}) AS evidence
FROM windows
WHERE told_now = 0 AND sets_now >= fewest AND told_before >= 3
