"""Rows that were kept though another file contradicts them: told, and not refused."""

from datetime import datetime

import pandas as pd

from expectations.findings.finding import row
from warehouse import vocabulary
from warehouse.lake import Connection, frame, sql


def found(con: Connection, since: datetime, until: datetime) -> list[dict]:
    """A finding for each source, doubt and concept of which enough rows landed in this time."""
    ages = vocabulary.table("plausible_ages")
    numbers = ages.columns.drop("concept")
    con.register("plausible_ages", ages.astype(dict.fromkeys(numbers, float)))
    rows = frame(con, sql("report_doubts"), {"since": since, "until": until})
    doubts = vocabulary.table("doubts").set_index("doubt")
    fewest = pd.to_numeric(doubts["fewest"])[rows["doubt"]].to_numpy()
    often = rows[rows["n"] >= fewest]
    return [_finding(doubt, doubts["says"][doubt.doubt]) for doubt in often.itertuples()]


def _finding(doubt, says: str) -> dict:
    about = {"source": doubt.source}
    if not pd.isna(doubt.concept):
        about["concept"] = doubt.concept
    what = f"values of {about['concept']}" if "concept" in about else "rows"
    return row(
        doubt.doubt,
        first_batch_no=int(doubt.first_batch_no),
        began=doubt.began,
        size=doubt.n,
        measure="rows",
        words=f"{doubt.source}: {doubt.n:,} {what} {says}; first in batch {doubt.first_batch_no}",
        **about,
    )
