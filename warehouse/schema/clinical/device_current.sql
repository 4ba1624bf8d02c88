-- One row per device: the newest version.
CREATE VIEW IF NOT EXISTS clinical.device_current AS
SELECT * FROM clinical.device
QUALIFY row_number() OVER (
    PARTITION BY device_id ORDER BY arrived DESC NULLS LAST, batch_no DESC
) = 1;
