-- One row per native identifier seen: the only way back from a pseudonym, as ciphertext.
CREATE TABLE IF NOT EXISTS clinical.identity (
    kind VARCHAR NOT NULL,               -- patient, encounter, device, place
    id BIGINT NOT NULL,                  -- HMAC-SHA256(key, kind, source, native id), 63 bits
    source VARCHAR NOT NULL,
    native_id BLOB NOT NULL,             -- AES-GCM
    name BLOB,                           -- AES-GCM; patients only
    batch_no BIGINT NOT NULL
);
