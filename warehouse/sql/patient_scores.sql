-- One row per score of the patient since $since: NEWS2 at whole hours and now, with how many of
-- its seven parts were known; the last risk of each quarter of an hour.
SELECT 'news2' AS score, hour AS time, CAST(news2_total AS DOUBLE) AS value, news2_known AS known
FROM twin.patient_hour
WHERE bucket = $patient % 16 AND patient_id = $patient AND news2_total IS NOT NULL
    AND hour >= $since
    AND hour < (SELECT time FROM twin.patient_now WHERE patient_id = $patient)
UNION ALL
SELECT 'news2', time, news2_total, news2_known
FROM twin.patient_now
WHERE patient_id = $patient AND news2_total IS NOT NULL
UNION ALL
SELECT 'risk', max(time), arg_max(risk, (time, batch_no)), NULL
FROM model.prediction
WHERE patient_id = $patient AND time >= $since
GROUP BY time_bucket(INTERVAL 15 MINUTE, time)
ORDER BY score, time
