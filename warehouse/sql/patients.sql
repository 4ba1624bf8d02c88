-- One row per patient to show: who and where, the twin's signs and NEWS2, the risk at that instant.
-- Without $patient: everyone a ward page shows. A patient of a live source is shown while in
-- hospital; a patient of a historical one at their own last hour.
WITH twins AS (
    SELECT
        patient_id, time, age, batch_no,
        COLUMNS('^(respiratory_rate|spo2|oxygen|systolic_bp|heart_rate|consciousness|temperature|fio2|oxygen_flow|gcs|gcs_eye|gcs_verbal|gcs_motor|spo2_scale)_(last|time)$'),
        COLUMNS('^news2_'),
        COLUMNS('^(mews|qsofa|sirs|sofa)_(known|total)$')
    FROM twin.patient_now
),
stays AS (
    SELECT e.patient_id, e.source, e.start_time, e.end_time, e.death_time
    FROM clinical.encounter_current AS e
    LEFT JOIN twins AS t USING (patient_id)
    WHERE e.part_of IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY e.patient_id
        ORDER BY e.end_time IS NULL DESC, e.start_time <= t.time DESC NULLS LAST, e.start_time DESC
    ) = 1
),
places AS (
    SELECT l.patient_id, l.ward, l.bed
    FROM clinical.location_current AS l
    LEFT JOIN twins AS t USING (patient_id)
    WHERE l.kind <> 'discharged'
    QUALIFY row_number() OVER (
        PARTITION BY l.patient_id
        ORDER BY l.end_time IS NULL DESC, l.start_time <= t.time DESC NULLS LAST, l.start_time DESC
    ) = 1
),
names AS (
    SELECT id AS patient_id, any_value(name) AS name
    FROM clinical.identity
    WHERE kind = 'patient' AND name IS NOT NULL
    GROUP BY id
),
risks AS (
    SELECT p.patient_id, p.risk, p.model_id, p.reasons AS risk_reasons
    FROM model.prediction AS p
    JOIN twins AS t USING (patient_id, time)
    QUALIFY row_number() OVER (
        PARTITION BY p.patient_id ORDER BY p.batch_no DESC, p.model_id DESC
    ) = 1
),
earlier AS (
    SELECT
        h.patient_id,
        arg_max(h.hour, h.hour) AS earlier_hour,
        arg_max(h.news2_total, h.hour) AS earlier_total,
        arg_max(h.news2_known, h.hour) AS earlier_known
    FROM twin.patient_hour AS h
    JOIN twins AS t USING (patient_id)
    WHERE h.hour BETWEEN t.time - INTERVAL 8 HOUR AND t.time - INTERVAL 4 HOUR
    GROUP BY h.patient_id
),
known AS (
    SELECT patient_id FROM twins
    UNION
    SELECT patient_id FROM stays
),
patients AS (
    SELECT
        k.patient_id,
        coalesce(s.is_live, TRUE) AS is_live,
        n.name, p.sex, l.ward, l.bed,
        e.start_time, e.end_time,
        coalesce(e.death_time, p.death_time) AS death_time,
        t.* EXCLUDE (patient_id),
        r.* EXCLUDE (patient_id),
        b.* EXCLUDE (patient_id)
    FROM known AS k
    LEFT JOIN clinical.patient_current AS p USING (patient_id)
    LEFT JOIN stays AS e USING (patient_id)
    LEFT JOIN ops.source AS s ON s.source = coalesce(p.source, e.source)
    LEFT JOIN places AS l USING (patient_id)
    LEFT JOIN names AS n USING (patient_id)
    LEFT JOIN twins AS t USING (patient_id)
    LEFT JOIN risks AS r USING (patient_id)
    LEFT JOIN earlier AS b USING (patient_id)
)
SELECT * FROM patients
WHERE CASE
    WHEN $patient IS NOT NULL THEN patient_id = $patient
    -- a patient with signs but no stay told yet is somewhere in the house
    WHEN is_live THEN coalesce(start_time, time) IS NOT NULL
        AND end_time IS NULL AND death_time IS NULL
    ELSE time IS NOT NULL
END
ORDER BY patient_id
