"""Rows a day and time since the last file, held against the source's own history (VA9).

Great Expectations judges: the bounds are columns beside what they bound, one row per day or
silence. The time is an argument; nothing after it is known.
"""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from great_expectations import expectations as gxe

from expectations.findings.finding import row
from expectations.limits import limits
from expectations.small import failing_rows

HISTORY = 28
"""Days before a day by which its volume is judged."""
FEWEST = 7
"""Days, or silences, before which there is no history to judge by."""
MAD_TO_SD = 1.4826
"""Of a normal distribution."""


def unusual_days(volume: pd.DataFrame, batches: pd.DataFrame, until: datetime) -> list[dict]:
    """A finding for each run of days on which a kind of file had far too few or too many rows.

    `volume`: rows of report.volume. Only days that were over at `until` are judged.
    """
    whole = volume[volume["day"] < until.date()]
    found = []
    for (source, kind), days in whole.groupby(["source", "kind"]):
        if source in set(batches["source"]):
            found += _runs(source, kind, judged_days(days.sort_values("day")))
    return found


def judged_days(days: pd.DataFrame) -> pd.DataFrame:
    """The days with `least` and `most` (rows) from the days before, and whether they fail."""
    bounds = [_bounds(days["read"].to_numpy()[max(n - HISTORY, 0) : n]) for n in range(len(days))]
    least, most, usual = zip(*bounds, strict=True)
    days = days.assign(least=least, most=most, usual=usual).reset_index(drop=True)
    rules = [_at_least("read", "least"), _at_least("most", "read")]
    return days.assign(is_unusual=days.index.isin(failing_rows(days, rules)))


def _bounds(history: np.ndarray) -> tuple[float, float, float]:
    """Least, most and usual rows, from median and median absolute deviation; NaN: cannot say."""
    limit = limits()
    usual = float(np.median(history)) if len(history) >= FEWEST else 0
    if usual < limit["volume_fewest"]:
        return np.nan, np.nan, np.nan
    slack = limit["volume_mads"] * MAD_TO_SD * float(np.median(np.abs(history - usual)))
    below = min(
        max(slack, limit["volume_slack_share"] * usual), (1 - limit["volume_least_share"]) * usual
    )
    return usual - below, usual + max(slack, usual), usual


def _runs(source: str, kind: str, days: pd.DataFrame) -> list[dict]:
    """One finding for days that follow each other."""
    run = (days["is_unusual"] != days["is_unusual"].shift()).cumsum()
    found = []
    for _, part in days[days["is_unusual"]].groupby(run):
        first, is_over = part.iloc[0], part.index[-1] < days.index[-1]
        ratio = first["read"] / first["usual"]
        found.append(
            row(
                "volume",
                source=source,
                first_batch_no=first["first_batch_no"],
                began=_start(first["day"]),
                ended=_start(part.iloc[-1]["day"]) + timedelta(days=1) if is_over else None,
                size=ratio,
                measure="ratio",
                words=f"{source} {kind}: {first['read']:,.0f} rows on {first['day']:%Y-%m-%d}, "
                f"usually about {first['usual']:,.0f} ({len(part)} days)",
            )
        )
    return found


def silences(batches: pd.DataFrame, until: datetime) -> list[dict]:
    """A finding for each time in which a source sent nothing for longer than it ever should.

    `batches`: source, batch_no, landed, cadence_minutes of live sources.
    """
    return [
        _silence(source, gap)
        for source, landed in batches.groupby("source")
        for gap in judged_gaps(landed, until).query("is_too_long").itertuples()
    ]


def judged_gaps(landed: pd.DataFrame, until: datetime) -> pd.DataFrame:
    """One row per silence of one source, the last one lasting until `until`.

    Columns: batch_no (the last before it), began, ended (NaT: lasts), hours, limit, is_too_long.
    limit = max(3 x usual gap, cadence), where 19 of 20 gaps so far were no longer than the usual.
    """
    ordered = landed.sort_values("landed").groupby("landed", as_index=False).last()
    began, ended = ordered["landed"], ordered["landed"].shift(-1)
    hours = (ended.fillna(until) - began) / pd.Timedelta(hours=1)
    usual = hours.expanding(FEWEST).quantile(0.95).shift()
    cadence = ordered["cadence_minutes"].fillna(0) / 60
    gaps = pd.DataFrame(
        {
            "batch_no": ordered["batch_no"],
            "began": began,
            "ended": ended,
            "hours": hours,
            "limit": np.maximum(limits()["silence_gaps"] * usual, cadence).where(usual.notna()),
        }
    )
    too_long = failing_rows(gaps, [_at_least("limit", "hours")])
    return gaps.assign(is_too_long=gaps.index.isin(too_long))


def _silence(source: str, gap) -> dict:
    lasts = pd.isna(gap.ended)
    is_silent = gap.hours >= limits()["silence_hours"]
    return row(
        "silent_source" if is_silent else "freshness",
        source=source,
        first_batch_no=gap.batch_no,
        began=gap.began,
        ended=None if lasts else gap.ended,
        size=gap.hours,
        measure="hours",
        words=f"{source} {'has sent' if lasts else 'sent'} nothing for {gap.hours:.0f} h after "
        f"batch {gap.batch_no} of {gap.began:%Y-%m-%d %H:%M} +00:00; "
        f"its history lets expect a file within {gap.limit:.0f} h",
    )


def _at_least(greater: str, lesser: str) -> gxe.Expectation:
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=greater, column_B=lesser, or_equal=True,
        ignore_row_if="either_value_is_missing",
    )  # fmt: skip


def _start(day) -> datetime:
    return pd.Timestamp(day, tz="UTC")
