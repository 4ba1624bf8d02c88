-- One row per batch of the last $runs, newest first, with what its source's YAML says of it.
SELECT
    b.batch_no, b.batch_id, b.source, s.title, s.is_synthetic, b.kind, b.file_name, b.bytes,
    b.landed, b.processed, b.state,
    b.read, b.accepted, b.quarantined, b.duplicate, b.unmapped
FROM ops.batch AS b
JOIN ops.source AS s USING (source)
ORDER BY b.batch_no DESC
LIMIT $runs
