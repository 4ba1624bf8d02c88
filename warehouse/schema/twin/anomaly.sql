-- One row per patient of twin.patient_now: what was unusual at `time`, as of the last refit.
CREATE TABLE IF NOT EXISTS twin.anomaly (
    patient_id BIGINT NOT NULL,
    time TIMESTAMPTZ NOT NULL,           -- the instant of the twin that was judged
    known UTINYINT NOT NULL,             -- signs whose latest value still counted
    forest FLOAT,                        -- rank among the training hours, 0..1; Isolation Forest
    svm FLOAT,                           -- the same; One-Class SVM. NULL: too little to judge by
    is_flagged BOOLEAN NOT NULL,
    signs VARCHAR NOT NULL,              -- JSON: the signs that made the flag (jobs/anomalies)
    trends VARCHAR NOT NULL,             -- JSON: slopes and change point of each sign
    batch_no BIGINT NOT NULL             -- the newest batch that the twin had seen
);
