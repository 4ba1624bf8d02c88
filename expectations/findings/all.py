"""Every finding of the days that lie before one time."""

from datetime import datetime, timedelta

import pandas as pd

from expectations.findings import (
    charting,
    codes,
    doubts,
    finding,
    firmware,
    shifts,
    twice,
    units,
    volume,
)
from expectations.limits import limits
from warehouse.lake import Connection, frame, sql


def found(
    con: Connection, tables: dict[str, pd.DataFrame], until: datetime
) -> dict[str, pd.DataFrame]:
    """The rows of report.drift and report.finding, of live sources, as known at `until` (aware).

    `tables`: what `trends.made` made for the same time.
    """
    since = until - timedelta(days=limits()["history_days"])
    span = {"since": since, "until": until}
    batches = frame(con, sql("report_batches"), span)
    live = set(batches["source"])
    signal, volumes, charted, daily = (
        _of_days(tables[name], live, since, until)
        for name in ("signal", "volume", "charting", "daily")
    )
    known = frame(con, sql("report_codes"), span)
    known = known[known["source"].isin(live)]
    drifts = shifts.compared(signal)
    switches = units.switched(signal)
    rows = [
        *switches,
        *units.refused(daily),
        *volume.silences(batches, until),
        *volume.unusual_days(volumes, batches, until),
        *firmware.biases(signal),
        *codes.renamed(known),
        *codes.unmapped(known),
        *twice.duplicates(volumes),
        *twice.sent_by_two(frame(con, sql("report_twice_sent"), span)),
        *doubts.found(con, since, until),
        *charting.fallen(charted, pd.Timestamp(until)),
        *shifts.findings(_unexplained(drifts, switches), signal),
    ]
    return {"drift": drifts, "finding": finding.table(rows)}


def _of_days(rows: pd.DataFrame, live: set, since: datetime, until: datetime) -> pd.DataFrame:
    is_live = rows["source"].isin(live) if "source" in rows else True
    return rows[(rows["day"] >= since.date()) & (rows["day"] <= until.date()) & is_live]


def _unexplained(drifts: pd.DataFrame, switches: list[dict]) -> pd.DataFrame:
    """Without the drift that a switched unit is the reason of: one fault, one finding."""
    explained = {(switch["source"], switch["concept"]) for switch in switches}
    pairs = zip(drifts["source"], drifts["concept"], strict=True)
    kept = [pair not in explained for pair in pairs]
    return drifts.loc[pd.Series(kept, index=drifts.index, dtype=bool)]
