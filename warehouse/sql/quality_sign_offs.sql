-- One row per decision about a month's report, the newest first. is_void: the month's data are no
-- longer what was signed; NULL while nobody has looked.
SELECT
    s.period, s.data_hash, s.who, s.time, s.decision, s.saw,
    n.data_hash <> s.data_hash AS is_void
FROM quality.sign_off AS s
LEFT JOIN report.signed AS n USING (period)
ORDER BY s.time DESC
