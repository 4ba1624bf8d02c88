"""Refused rows that pass now: into their tables, as if they had been right the first time."""

import pandas as pd

from expectations import gate
from jobs.ingest import ledger, rows
from jobs.ingest.batch import Judged
from jobs.ingest.rows import Added
from warehouse.lake import Connection
from warehouse.vocabulary import Source


def readmit(
    con: Connection, again: Judged, source: Source, into: str, refused: pd.DataFrame, batch_no: int
) -> tuple[Added, pd.DataFrame]:
    """Add what `judge_again` accepted of one batch's refused rows, and set its ledger right.

    `refused`: batch_id and rules, as they stood in quarantine. Returns what was added, and where
    the rows that were let in stood: line, part.
    """
    batch_id = refused.iloc[0]["batch_id"]
    added = rows.add(con, into, again, source, batch_no)
    let_in = again.accepted_lines(into)
    still_refused = gate.broken(again.con, into)
    ledger.set_right(con, batch_id, let_in, added)
    ledger.rename(con, batch_id, still_refused)
    ledger.recount(con, batch_id, into, refused["rules"], still_refused["rules"])
    return added, let_in
