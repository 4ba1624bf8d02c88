-- One row per batch of a live source that landed since $since, in order of landing. What people
-- decide comes when they decide.
SELECT b.source, b.kind, b.batch_no, b.landed, b.read, b.duplicate, s.cadence_minutes
FROM ops.batch AS b
JOIN ops.source AS s USING (source)
WHERE s.is_live AND b.source <> 'decisions' AND b.landed > $since AND b.landed <= $until
ORDER BY b.source, b.landed, b.batch_no
