-- One row per slot at whose end so many cuff pressures in a row had next to no pulse pressure.
-- Where the diastolic pressure is low as well it may be shock: that is not called a leak.
-- Given: device_slot, device_rule.
WITH pressures AS (
    SELECT
        systolic.device_id, systolic.patient_id, systolic.signal, systolic.slot, systolic.last,
        CAST(systolic.total AS DOUBLE) / systolic.readings
        - CAST(diastolic.total AS DOUBLE) / diastolic.readings AS pulse_pressure,
        diastolic.low AS diastolic
    FROM device_slot AS systolic
    JOIN device_slot AS diastolic USING (device_id, patient_id, slot)
    WHERE systolic.signal = 'systolic_bp' AND diastolic.signal = 'diastolic_bp'
),

windows AS (
    SELECT
        *,
        max(pulse_pressure) OVER last_three AS greatest_pulse_pressure,
        min(diastolic) OVER last_three AS least_diastolic,
        min(slot) OVER last_three AS since,
        count(*) OVER last_three AS told
    FROM pressures
    WINDOW last_three AS (
        PARTITION BY device_id, patient_id ORDER BY slot ROWS 2 PRECEDING
    )
)

SELECT
    device_id, class, signal, slot, since, last AS known,
    to_json({
        'measurements': told, 'greatest_pulse_pressure': round(greatest_pulse_pressure, 1)
    }) AS evidence
FROM windows
JOIN device_rule USING (signal)
WHERE
    class = 'cuff_leak' AND told >= fewest AND greatest_pulse_pressure <= threshold
    AND slot - since <= to_minutes(minutes)
    AND least_diastolic > (
        SELECT threshold FROM device_rule WHERE class = 'cuff_leak' AND signal = 'diastolic_bp'
    )
