-- One row per table and rule of one batch: how many rows it saw and refused, the most first.
SELECT into_table, rule, dimension, checked, failed
FROM quality.expectation_result
WHERE batch_no = $batch
ORDER BY failed DESC, into_table, rule
