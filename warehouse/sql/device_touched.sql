-- One row per device of which a batch ends or corrects a slot of ten minutes or a day: since when,
-- until when, and what must be read for it. A slot or a day that is not over is not judged yet.
-- Given: touched_span (device_id, time, is_inventoried), known_device (device_id, time),
-- $look_back (minutes).
WITH touched AS (
    SELECT
        device_id, max(span.time) AS until,
        bool_or(is_inventoried) AS is_inventoried,
        least(min(span.time), any_value(known.time)) AS known,
        greatest(max(span.time), any_value(known.time)) AS newest
    FROM touched_span AS span
    LEFT JOIN known_device AS known USING (device_id)
    GROUP BY device_id
)

SELECT
    device_id, is_inventoried,
    time_bucket(INTERVAL 10 MINUTE, newest) AS open_slot,
    time_bucket(INTERVAL 10 MINUTE, known) AS flags_since,
    least(until + to_minutes($look_back), open_slot) AS flags_until,
    date_trunc('day', known) AS days_since,
    least(date_trunc('day', until) + INTERVAL 1 DAY, date_trunc('day', newest)) AS days_until,
    least(
        flags_since - to_minutes($look_back + 80),
        CASE WHEN days_since < days_until THEN days_since END
    ) AS read_since,
    greatest(until + to_minutes(2 * $look_back), days_until) AS read_until
FROM touched
WHERE flags_since < flags_until OR days_since < days_until OR is_inventoried
