"""The same readings sent twice: again by one source, or by two."""

from datetime import timedelta

import pandas as pd

from expectations.findings.finding import row
from expectations.limits import limits

FEWEST = 50
"""Rows a day below which a share says nothing."""


def duplicates(volume: pd.DataFrame) -> list[dict]:
    """A finding for each source from the first day on which most of its rows had been there.

    `volume`: rows of report.volume. What is sent again is counted there, and not stored twice.
    """
    days = volume.groupby(["source", "day"], as_index=False).agg(
        read=("read", "sum"), twice=("duplicate", "sum"), first_batch_no=("first_batch_no", "min")
    )
    return _found(days, "had been there already, from this source or another")


def sent_by_two(pairs: pd.DataFrame) -> list[dict]:
    """The same for readings that another source had sent before under an id of its own.

    `pairs`: rows of report_twice_sent.sql.
    """
    return [
        finding
        for other, days in pairs.groupby("other")
        for finding in _found(days.rename(columns={"n": "read"}), f"had come from {other} before")
    ]


def _found(days: pd.DataFrame, words: str) -> list[dict]:
    judged = days[days["read"] >= FEWEST]
    judged = judged.assign(share=judged["twice"] / judged["read"])
    found = []
    for source, rows in judged.sort_values("day").groupby("source"):
        bad = rows[rows["share"] >= limits()["duplicate_share"]]
        if len(bad):
            found.append(_finding(source, rows, bad, words))
    return found


def _finding(source: str, rows: pd.DataFrame, bad: pd.DataFrame, words: str) -> dict:
    first, is_over = bad.iloc[0], bad["day"].max() < rows["day"].max()
    end = pd.Timestamp(bad["day"].max(), tz="UTC") + timedelta(days=1)
    share = bad["twice"].sum() / bad["read"].sum()
    return row(
        "duplicate_feed",
        source=source,
        first_batch_no=int(first["first_batch_no"]),
        began=pd.Timestamp(first["day"], tz="UTC"),
        ended=end if is_over else None,
        size=share,
        measure="share",
        words=f"{source}: {share:.0%} of the rows since {first['day']:%Y-%m-%d}, batch "
        f"{first['first_batch_no']}, {words}",
    )
