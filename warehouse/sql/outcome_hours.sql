-- One row per patient and hour of the twins: its label, and the step at which it is left out (NULL:
-- it is kept). Steps: 0 of none of $sources, 1 not the hour that is asked for in its stay, 2 after
-- discharge, those of outcome_exclusions, $censored without an event and not followed.
-- Given: outcome_events (predicate, patient_id, start_time, end_time), outcome_exclusions (step,
-- predicate, lasts: whether the predicate counts until it ends, or from its start on), $sources or
-- NULL, $within_hours and $of or NULL, $trigger, $window_hours or NULL, $is_start_inclusive,
-- $stay_has_ended, $record_goes_on, $told_by.
-- past_end is the last instant that lies behind an hour; ahead of it lies what starts later.
WITH events AS (
    SELECT
        predicate,
        patient_id,
        start_time,
        -- of all that started by then, ties included
        max(coalesce(end_time, TIMESTAMPTZ 'infinity'))
            OVER (PARTITION BY predicate, patient_id ORDER BY start_time) AS in_force_until
    FROM outcome_events
),

hours AS (
    SELECT
        twin.patient_id,
        twin.hour,
        twin.encounter_id,
        CASE WHEN $is_start_inclusive THEN twin.hour - INTERVAL 1 MICROSECOND ELSE twin.hour END
            AS past_end,
        coalesce(twin.hour + to_hours($window_hours), TIMESTAMPTZ 'infinity') AS window_end,
        coalesce(stay.start_time, TIMESTAMPTZ '-infinity') AS stay_start,
        coalesce(stay.end_time, TIMESTAMPTZ 'infinity') AS stay_end,
        greatest(stay.end_time, stay.death_time) AS follow_up_end,
        max(twin.hour) OVER (PARTITION BY twin.patient_id) AS record_end
    FROM twin.patient_hour AS twin
    LEFT JOIN clinical.encounter_current AS stay USING (encounter_id)
),

members AS (
    SELECT DISTINCT coalesce(alias.person_id, number.patient_id) AS patient_id
    FROM (
        SELECT patient_id, source FROM clinical.patient
        UNION
        SELECT patient_id, source FROM clinical.encounter
    ) AS number
    LEFT JOIN clinical.person AS alias ON number.patient_id = alias.patient_id
    WHERE list_contains($sources, number.source)
),

-- the last hour of each stay within so many hours of the first start of $of in it
asked AS (
    SELECT patient_id, encounter_id, max(hour) AS hour
    FROM hours
    JOIN (
        SELECT stay.patient_id, stay.encounter_id, min(events.start_time) AS begun
        FROM (SELECT DISTINCT patient_id, encounter_id, stay_start, stay_end FROM hours) AS stay
        JOIN events
            ON stay.patient_id = events.patient_id
            AND events.start_time >= stay.stay_start AND events.start_time < stay.stay_end
        WHERE events.predicate = $of
        GROUP BY ALL
    ) AS beginnings USING (patient_id, encounter_id)
    WHERE hour >= begun AND hour <= begun + to_hours($within_hours)
    GROUP BY ALL
),

excluded AS (
    SELECT hours.patient_id, hours.hour, min(hours.step) AS step
    FROM (SELECT * FROM hours CROSS JOIN outcome_exclusions) AS hours
    ASOF JOIN events
        ON hours.patient_id = events.patient_id
        AND hours.predicate = events.predicate
        AND hours.past_end >= events.start_time
    WHERE CASE WHEN lasts THEN past_end < in_force_until ELSE start_time >= stay_start END
    GROUP BY ALL
),

happened AS (
    SELECT hours.patient_id, hours.hour
    FROM hours
    ASOF JOIN (SELECT * FROM events WHERE list_contains($trigger, predicate)) AS event
        ON hours.patient_id = event.patient_id AND hours.past_end < event.start_time
    WHERE event.start_time <= window_end
        AND event.start_time <= coalesce(follow_up_end, TIMESTAMPTZ 'infinity')
),

told AS (
    SELECT hours.patient_id, hours.hour
    FROM hours
    ASOF JOIN (SELECT * FROM events WHERE list_contains($told_by, predicate)) AS event
        ON hours.patient_id = event.patient_id AND hours.past_end < event.start_time
    WHERE event.start_time <= window_end
)

SELECT
    hours.patient_id,
    hours.hour,
    CAST(happened.hour IS NOT NULL AS INTEGER) AS label,
    CASE
        WHEN $sources IS NOT NULL AND members.patient_id IS NULL THEN 0
        WHEN $of IS NOT NULL AND asked.hour IS NULL THEN 1
        WHEN stay_end <= past_end THEN 2
        WHEN excluded.step IS NOT NULL THEN excluded.step
        WHEN happened.hour IS NULL
            AND NOT ($stay_has_ended AND follow_up_end IS NOT NULL)
            AND NOT ($record_goes_on AND window_end <= record_end)
            AND told.hour IS NULL THEN $censored
    END AS left_out
FROM hours
LEFT JOIN members USING (patient_id)
LEFT JOIN asked ON hours.patient_id = asked.patient_id AND hours.hour = asked.hour
LEFT JOIN excluded ON hours.patient_id = excluded.patient_id AND hours.hour = excluded.hour
LEFT JOIN happened ON hours.patient_id = happened.patient_id AND hours.hour = happened.hour
LEFT JOIN told ON hours.patient_id = told.patient_id AND hours.hour = told.hour
ORDER BY hours.patient_id, hours.hour
