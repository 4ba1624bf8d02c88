-- Reading times and numbers as sources write them. Loaded into every scratch connection.
CREATE OR REPLACE MACRO has_offset(text) AS
    regexp_matches(text, '[T ]\d{1,2}:\d{2}.*(Z|z|[+-]\d{2}(:?\d{2})?)$');

-- NULL for what is no time, and for what no calendar holds ("infinity", the year 20260).
CREATE OR REPLACE MACRO instant(text, zone) AS
    CASE
        WHEN NOT regexp_matches(text, '^\d{4}-\d{1,2}-\d{1,2}') THEN NULL
        WHEN has_offset(text) THEN TRY_CAST(text AS TIMESTAMPTZ)
        WHEN coalesce(zone, 'UTC') = 'UTC'
        THEN make_timestamptz(epoch_us(TRY_CAST(text AS TIMESTAMP)))
        ELSE TRY_CAST(text AS TIMESTAMP) AT TIME ZONE zone
    END;

-- FHIR statuses that take back what was said before.
CREATE OR REPLACE MACRO is_taken_back(status) AS
    coalesce(status, '') IN ('cancelled', 'entered-in-error', 'not-done');

-- FHIR statuses under which it never happened.
CREATE OR REPLACE MACRO has_happened(status) AS
    coalesce(status, '') NOT IN ('planned', 'cancelled', 'entered-in-error', 'not-done');

-- When the source's system knew: as stated, else when it landed, else the time and a lag.
CREATE OR REPLACE MACRO known_at(stated, event_time, zone, is_live, landed, lag) AS
    CASE
        WHEN stated IS NOT NULL THEN instant(stated, zone)
        WHEN is_live OR event_time IS NULL THEN landed
        ELSE event_time + lag
    END;

CREATE OR REPLACE MACRO has_zone(text, zone) AS
    text IS NULL OR zone IS NOT NULL OR has_offset(text);

CREATE OR REPLACE MACRO finite(text) AS
    CASE WHEN isfinite(TRY_CAST(text AS DOUBLE)) THEN TRY_CAST(text AS DOUBLE) END;

-- 64 bits of MD5 of what tells a row apart. A part that may be missing is `told`: NULLs are skipped.
CREATE OR REPLACE MACRO row_hash(parts) AS md5_number_upper(array_to_string(parts, chr(31)));

CREATE OR REPLACE MACRO told(part) AS coalesce(CAST(part AS VARCHAR), '');
