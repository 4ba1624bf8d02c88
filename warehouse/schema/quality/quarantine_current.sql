-- One row per row that is still refused: open, or rejected for good.
CREATE VIEW IF NOT EXISTS quality.quarantine_current AS
SELECT q.*, coalesce(d.outcome = 'rejected', false) AS is_rejected
FROM quality.quarantine AS q
LEFT JOIN (
    SELECT batch_id, line, part, outcome
    FROM quality.decision
    QUALIFY row_number() OVER (
        PARTITION BY batch_id, line, part ORDER BY batch_no DESC, decided_at DESC
    ) = 1
) AS d USING (batch_id, line, part);
