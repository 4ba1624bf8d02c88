"""The tables that the quality pages and the monthly report show, made anew as a whole."""

from datetime import datetime

from expectations import report, trends
from expectations.findings import all as findings
from jobs.log import log
from jobs.models import cohort, outcomes
from warehouse import Lake


def run(lake: Lake, *, now: datetime, month: report.Month | None = None) -> dict[str, int]:
    """Fill schema `report` from all that had landed by `now` (aware). Returns rows per table.

    `month`: the one that will be reported on; the hash of its data is kept with the tables.
    The sums are made while others write; only putting them in place takes the writer's turn.
    """
    with lake.read() as con:
        at_risk = outcomes.labels(con, outcomes.read(cohort.OUTCOME)).rows
        tables = trends.made(con, now, at_risk[["patient_id", "hour"]])
        tables |= findings.found(con, tables, now)
        tables["signed"] = report.signed(con, month)
        tables["built"] = trends.newest(con, now)
    with lake.write("tables of the quality report") as con:
        counts = trends.replace(con, tables)
    counts["open_findings"] = int((tables["finding"]["state"] == "open").sum())
    log.info("report built", **counts)
    return counts
