-- One row per version of a place that stays refer to by its id: a bed, a room, a ward.
CREATE TABLE IF NOT EXISTS clinical.place (
    place_id BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    within_id BIGINT,                    -- the place that it is part of
    name VARCHAR,
    form VARCHAR,                        -- FHIR location-physical-type: bd bed, ro room, wa ward, ...
    kind VARCHAR NOT NULL,               -- ward, icu, ... as in clinical.location
    arrived TIMESTAMPTZ NOT NULL,
    batch_no BIGINT NOT NULL
);
