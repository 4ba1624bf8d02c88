"""What the Quality pages ask: counts, rules and places of rows, never what a row holds."""

import json
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from warehouse import Lake, decisions
from warehouse.lake import frame, sql

SPANS = {"30 days": (30, 24 * 60), "48 hours": (2, 60)}
"""Span of a chart -> days up to the newest batch, minutes of one point."""

CUTS = ("source", "table", "rule", "dimension")
"""By what pass rates are told apart."""

NEWEST_BATCHES, NEWEST_DECISIONS = 2000, 20
CIPHERED = ("decided_by", "reason")


@dataclass(frozen=True)
class Filter:
    """Which refused rows: None lets everything through."""

    source: str | None = None
    rule: str | None = None
    batch: int | None = None

    @property
    def values(self) -> dict:
        return {"source": self.source, "rule": self.rule, "batch": self.batch}


def newest(lake: Lake) -> datetime | None:
    """When the newest batch landed; None while there is none. Cheap: pages ask it at every tick."""
    with lake.read() as con:
        return con.execute("SELECT max(landed) FROM ops.batch").fetchone()[0]


def known_sources(lake: Lake) -> list[str]:
    """The sources that have sent anything, in order."""
    with lake.read() as con:
        found = con.execute("SELECT DISTINCT source FROM ops.batch ORDER BY source").fetchall()
    return [source for (source,) in found]


def sources(lake: Lake) -> pd.DataFrame:
    """One row per source: last batch, promised and usual gap, counts of two weeks.

    What people decide is a source too, but none that could be late.
    """
    found = _ask(lake, "source_cards")
    return found[found["source"] != decisions.FOLDER]


def pass_rates(lake: Lake, by: str, span: str, source: str | None) -> pd.DataFrame:
    """[name, time, checked, failed, passed, centre, low, high, is_below]; shares are 0..1."""
    days, minutes = SPANS[span]
    about = {"by": by, "days": days, "minutes": minutes, "source": source, "until": None}
    return _ask(lake, "pass_rates", about)


def failing_rules(lake: Lake, span: str, source: str | None) -> pd.DataFrame:
    """Rules that refused rows within the span, the most first."""
    return _ask(lake, "failing_rules", {"days": SPANS[span][0], "source": source})


def batches(lake: Lake, source: str | None) -> pd.DataFrame:
    """The newest batches of the ledger, of one source or of all."""
    return _ask(lake, "batches", {"source": source, "batch": None, "rows": NEWEST_BATCHES})


def batch(lake: Lake, batch_no: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ledger's row of one batch, if there is one, and what each rule saw and refused."""
    with lake.read() as con:
        found = frame(con, sql("batches"), {"source": None, "batch": batch_no, "rows": 1})
        return found, frame(con, sql("batch_results"), {"batch": batch_no})


def refused(lake: Lake, chosen: Filter, skip: int, rows: int) -> pd.DataFrame:
    """`rows` refused rows from the `skip`-th on, the newest first."""
    return _ask(lake, "refused_rows", chosen.values | {"skip": skip, "rows": rows})


def refused_count(lake: Lake, chosen: Filter) -> int:
    """How many refused rows there are."""
    with lake.read() as con:
        return con.execute(sql("refused_count"), chosen.values).fetchone()[0]


def refused_rules(lake: Lake, source: str | None, batch: int | None) -> pd.DataFrame:
    """[rule, rows]: the rules that rows in quarantine have broken, the most first."""
    return _ask(lake, "refused_rules", {"source": source, "batch": batch})


def applied(lake: Lake) -> pd.DataFrame:
    """The newest decisions that were applied: when, who, why, on how many rows, to what effect."""
    found = _ask(lake, "decisions_applied", {"rows": NEWEST_DECISIONS})
    told = {name: [lake.keys.decrypt(text) for text in found[name]] for name in CIPHERED}
    return found.assign(**told)


def columns_of(lake: Lake, chosen: Filter) -> list[str]:
    """The names of the columns of such a refused row, for a fix; its values stay here."""
    with lake.read() as con:
        row = con.execute(sql("refused_row"), chosen.values).fetchone()
    return list(json.loads(lake.keys.decrypt(row[0]))) if row else []


def _ask(lake: Lake, question: str, about: dict | None = None) -> pd.DataFrame:
    with lake.read() as con:
        return frame(con, sql(question), about)
