-- One row: how many predictions and changes of alerts were made at these instants.
-- Given: instants (patient_id, time).
SELECT
    (SELECT count(*) FROM model.prediction SEMI JOIN instants USING (patient_id, time))
        AS predictions,
    (
        SELECT count(DISTINCT t.alert_id)
        FROM alert.transition AS t
        JOIN alert.alert AS a USING (alert_id)
        JOIN instants AS i ON i.patient_id = a.patient_id AND i.time = t.time
    ) AS alerts
