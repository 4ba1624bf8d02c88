-- One row per finding, open ones first, the newest first; with the id of the first bad batch.
SELECT
    f.finding_id, f.kind, f.source, f.concept, f.code, f.ward, f.firmware,
    f.first_batch_no, b.batch_id AS first_batch_id, f.began, f.ended, f.size, f.measure, f.words,
    f.state
FROM report.finding AS f
LEFT JOIN ops.batch AS b ON b.batch_no = f.first_batch_no
ORDER BY f.state DESC, f.began DESC, f.finding_id
