-- One row per flag that is judged anew: what is known since the touched span began may be else now
-- (a silence is known at the reading after it). Given: device_touched, device_changed, device_rule.
SELECT flag.device_id, flag.class, flag.signal, slot
FROM twin.device_flag AS flag
JOIN device_touched AS touched USING (device_id)
JOIN device_rule AS rule USING (class, signal)
WHERE
    CASE
        WHEN minutes >= 1440 THEN device_id IN (SELECT device_id FROM device_changed)
        ELSE known >= flags_since AND slot < flags_until
    END
