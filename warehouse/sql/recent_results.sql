-- One row per table and rule of the last $runs batches: how many rows it saw and refused.
SELECT batch_no, into_table, rule, dimension, checked, failed
FROM quality.expectation_result
WHERE batch_no IN (SELECT batch_no FROM ops.batch ORDER BY batch_no DESC LIMIT $runs)
ORDER BY ALL
