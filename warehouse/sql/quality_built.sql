-- One row: the time and the newest batch that the report's tables were made for.
SELECT until, batch_no FROM report.built
