-- One row per prediction that a batch made of the patients in asked (patient_id).
SELECT prediction.*
FROM model.prediction AS prediction
SEMI JOIN asked USING (patient_id)
WHERE batch_no = $batch_no
ORDER BY patient_id, time, model_id
