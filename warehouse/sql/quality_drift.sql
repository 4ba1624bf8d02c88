-- One row per source, concept and group that was held against its reference, drifted ones first.
SELECT
    source, concept, grouped_by, name, reference_from, reference_to, recent_from, recent_to,
    reference_n, n, psi, ks, ratio, is_drift, first_batch_no
FROM report.drift
ORDER BY is_drift DESC, psi DESC, source, concept, grouped_by, name
