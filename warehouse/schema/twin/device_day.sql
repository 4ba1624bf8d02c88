-- One row per device, patient, signal and UTC day that is over: what long signatures are made of.
CREATE TABLE IF NOT EXISTS twin.device_day (
    device_id BIGINT NOT NULL,
    patient_id BIGINT NOT NULL,
    concept VARCHAR NOT NULL,
    signal VARCHAR NOT NULL,
    day TIMESTAMPTZ NOT NULL,            -- its start
    readings BIGINT NOT NULL,
    high DOUBLE NOT NULL,
    fall DOUBLE,                         -- battery only: greatest loss within one clock hour
    hours BIGINT NOT NULL,               -- in which others measured the same concept of this patient
    bias DOUBLE                          -- mean over these hours: own mean less the others'
);
