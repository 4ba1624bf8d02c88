-- One row per decision of a person on refused rows, the newest first, $rows at most: on how many
-- rows, and what came of it. Who and why are ciphertext, equal for equal text.
SELECT
    decided_at, decided_by, reason, action, changed,
    count(*) AS rows,
    count(*) FILTER (outcome = 'accepted') AS accepted,
    count(*) FILTER (outcome = 'still refused') AS still_refused
FROM quality.decision
GROUP BY ALL
ORDER BY decided_at DESC, action
LIMIT $rows
