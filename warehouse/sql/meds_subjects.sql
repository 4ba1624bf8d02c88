-- One row per subject of meds_events: the split, and the file of that split, which it is in.
-- A subject's number is a hash: its last digit is as good as a draw, and the same the next time.
WITH subjects AS (
    SELECT
        subject_id,
        CASE subject_id % 10 WHEN 8 THEN 'tuning' WHEN 9 THEN 'held_out' ELSE 'train' END AS split
    FROM (SELECT DISTINCT subject_id FROM meds_events)
)

SELECT
    *,
    (row_number() OVER (PARTITION BY split ORDER BY subject_id) - 1) // $at_once AS shard
FROM subjects
