"""Device rows that came before their patient: judged again as soon as the location arrives.

They leave quarantine, and the ledger of the file they came with is set right, so that the order
in which files land does not matter.
"""

import json
from contextlib import closing

import pandas as pd

from jobs.ingest.batch import judge_again
from jobs.ingest.readmit import readmit
from jobs.ingest.rows import Added
from warehouse import Lake, vocabulary
from warehouse.lake import Connection, frame, sql
from warehouse.vocabulary import Source

RULE = "place_known"


def release(
    con: Connection, lake: Lake, source: Source, added: list[Added], batch_no: int
) -> list[Added]:
    """Accept what waited and is now known; returns the observations that were added, by batch.

    Also looks at this very batch's waiting rows: a location may have been committed between its
    judgement and its turn to write.
    """
    is_news = any(found.into in ("patient", "location", "place") and found.rows for found in added)
    if not is_news and not (source.is_device and _is_waiting(con, batch_no)):
        return []
    places = frame(con, sql("places"))
    batches = frame(con, sql("waiting"), [RULE])
    return [
        _release_batch(con, lake, batch, places, batch_no)
        for (_, batch) in batches.groupby("batch_id", sort=True)
    ]


def _is_waiting(con: Connection, batch_no: int) -> bool:
    found = con.execute(
        "SELECT coalesce(sum(failed), 0) FROM quality.expectation_result "
        "WHERE batch_no = ? AND rule = ?",
        [batch_no, RULE],
    ).fetchone()
    return found[0] > 0


def _release_batch(
    con: Connection, lake: Lake, batch: pd.DataFrame, places: pd.DataFrame, batch_no: int
) -> Added:
    source = vocabulary.sources()[batch.iloc[0]["source"]]
    texts = [json.loads(lake.keys.decrypt(row)) for row in batch["refused_row"]]
    staged = pd.DataFrame(texts)
    with closing(judge_again(lake, source, "observation", batch, staged, places)) as again:
        added, _ = readmit(con, again, source, "observation", batch, batch_no)
    return added
