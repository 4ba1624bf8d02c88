-- One row per UTC day from $since to $until and bin: patients' medians of one source and concept.
-- A bin holds values from exp(bin / 100) up to exp((bin + 1) / 100). Days of fewer than five are out.
WITH cells AS (
    SELECT day, unnest(bins) AS bin, unnest(counts) AS patients
    FROM report.signal
    WHERE source = $source AND concept = $concept AND day BETWEEN $since AND $until
)

SELECT
    day, bin,
    exp((bin + 0.5) / 100) AS value,  -- the middle of the bin, in the concept's unit
    CAST(sum(patients) AS BIGINT) AS patients
FROM cells
GROUP BY day, bin
QUALIFY sum(sum(patients)) OVER (PARTITION BY day) >= 5
ORDER BY day, bin
