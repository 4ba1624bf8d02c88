"""The ledger and the quarantine, in the batch's transaction: what was read, kept, refused, why."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from jobs.ingest.rows import Added
from warehouse.keys import Keys
from warehouse.lake import Connection, insert
from warehouse.source import Source

COUNTS = ("read", "accepted", "quarantined", "duplicate", "unmapped")


def state_of(con: Connection, batch_id: str) -> str | None:
    """`committed` or `refused` where the batch is in the ledger, else None."""
    row = con.execute("SELECT state FROM ops.batch WHERE batch_id = ?", [batch_id]).fetchone()
    return row[0] if row else None


def next_number(con: Connection) -> int:
    """The next dense batch number; ask only inside the write transaction."""
    return con.execute("SELECT coalesce(max(batch_no), 0) + 1 FROM ops.batch").fetchone()[0]


def enter(con: Connection, row: dict) -> None:
    """Add one batch: the columns of ops.batch."""
    insert(con, "ops.batch", pd.DataFrame([row]))


def register_source(con: Connection, source: Source) -> None:
    """Keep what the source's YAML says, so that pages and reports can tell."""
    says = [source.name, source.title, source.site, source.owner, source.zone]
    says += [source.is_live, source.is_synthetic, source.cadence_minutes, source.expected_rows]
    known = con.execute("SELECT * FROM ops.source WHERE source = ?", [source.name]).fetchone()
    if known != tuple(says):
        con.execute("DELETE FROM ops.source WHERE source = ?", [source.name])
        con.execute("INSERT INTO ops.source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", says)


def quarantine(con: Connection, refused: Iterator[pd.DataFrame], batch: dict, keys: Keys) -> None:
    """Keep every refused row whole, as ciphertext, with the rules it broke."""
    for rows in refused:
        kept = rows.assign(
            refused_row=[keys.encrypt(text) for text in rows["refused_row"]],
            batch_id=batch["batch_id"],
            source=batch["source"],
            kind=batch["kind"],
            first_seen=batch["landed"],
            batch_no=batch["batch_no"],
        )
        insert(con, "quality.quarantine", kept)


def set_right(con: Connection, batch_id: str, released: pd.DataFrame, added: Added) -> None:
    """Rows (line, part) that were let in leave quarantine, and are counted where they now are."""
    con.register("released", released)
    con.execute(
        "DELETE FROM quality.quarantine WHERE batch_id = ? AND (line, part) IN "
        "(SELECT (line, part) FROM released)",
        [batch_id],
    )
    con.execute(
        "UPDATE ops.batch SET quarantined = quarantined - $released, accepted = accepted + $added, "
        "duplicate = duplicate + $released - $added, unmapped = unmapped + $unmapped "
        "WHERE batch_id = $batch_id",
        {
            "released": len(released),
            "added": added.rows,
            "unmapped": added.unmapped,
            "batch_id": batch_id,
        },
    )


def rename(con: Connection, batch_id: str, refused: pd.DataFrame) -> None:
    """Rows that are still refused (line, part, rules) are so for the rules that they break now."""
    con.register("still_refused", refused[["line", "part", "rules"]])
    con.execute(
        "UPDATE quality.quarantine AS q SET rules = r.rules FROM still_refused AS r "
        "WHERE q.batch_id = ? AND q.line = r.line AND q.part = r.part AND q.rules <> r.rules",
        [batch_id],
    )


def recount(con: Connection, batch_id: str, into: str, before: pd.Series, now: pd.Series) -> None:
    """A table's verdicts as they would be, had its rows broken at once the rules of `now`."""
    change = _broken(now)
    change.subtract(_broken(before))
    for rule, number in change.items():
        if number:
            con.execute(
                "UPDATE quality.expectation_result SET failed = failed + ? "
                "WHERE rule = ? AND into_table = ? "
                "AND batch_no = (SELECT batch_no FROM ops.batch WHERE batch_id = ?)",
                [number, rule, into, batch_id],
            )


def _broken(rules: pd.Series) -> Counter:
    """How many of the rows broke each rule."""
    return Counter(rule for texts in rules for rule in texts.split(","))


def keep_results(con: Connection, results: pd.DataFrame, batch_no: int) -> None:
    """Keep what each rule saw and refused: counts only."""
    insert(con, "quality.expectation_result", results.assign(batch_no=batch_no))


def unreconciled(con: Connection) -> int:
    """How many committed batches do not reconcile; anything but 0 is a defect."""
    return con.execute(
        "SELECT count(*) FROM ops.batch WHERE state = 'committed' "
        "AND read <> accepted + quarantined + duplicate"
    ).fetchone()[0]
