-- One row per version of a device: as a source's readings named it first, and as inventories told.
CREATE TABLE IF NOT EXISTS clinical.device (
    device_id BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    kind VARCHAR,                        -- monitor, pump, wearable, ...; NULL where nobody told
    model VARCHAR,
    firmware VARCHAR,
    arrived TIMESTAMPTZ,                 -- since when it is so; NULL where only readings named it
    batch_no BIGINT NOT NULL
);
