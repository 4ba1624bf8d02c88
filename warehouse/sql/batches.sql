-- One row per batch of $source (NULL: of all), or the one $batch; the newest first, $rows at most.
SELECT
    b.batch_no, b.batch_id, b.source, b.kind, b.file_name, b.bytes, b.landed, b.processed,
    b.state, b.reason, b.read, b.accepted, b.quarantined, b.duplicate, b.unmapped
FROM ops.batch AS b
WHERE b.source = coalesce($source, b.source) AND b.batch_no = coalesce($batch, b.batch_no)
ORDER BY b.batch_no DESC
LIMIT $rows
