"""What the Quality pages ask of schema `report`: made off the hot path, as `built` says of when."""

from datetime import date, datetime, timedelta

import pandas as pd

from warehouse import Lake
from warehouse.lake import frame, sql

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def built(lake: Lake) -> datetime | None:
    """The time that findings and trends were made for; None while none have been made."""
    found = _ask(lake, "quality_built")
    return None if found.empty else found["until"].iloc[0].to_pydatetime()


def findings(lake: Lake, source: str | None) -> pd.DataFrame:
    """Findings about one source or all, open ones first, the newest first."""
    found = _ask(lake, "quality_findings")
    return found if source is None else found[found["source"] == source]


def drift(lake: Lake) -> pd.DataFrame:
    """Each source, concept and group held against its reference, drifted ones first."""
    return _ask(lake, "quality_drift")


def daily(lake: Lake, source: str, concept: str) -> pd.DataFrame:
    """[day, low, middle, high, patients]: deciles 1, 5 and 9 of patients' medians of each day."""
    days = {"since": date(1, 1, 1), "until": date(9999, 1, 1)}
    found = _ask(lake, "quality_distribution", days | {"source": source, "concept": concept})
    rows = [
        {"day": day, "patients": int(bins["patients"].sum())} | _deciles(bins)
        for day, bins in found.groupby("day")
    ]
    return pd.DataFrame(rows, columns=["day", "low", "middle", "high", "patients"])


def _deciles(bins: pd.DataFrame) -> dict[str, float]:
    """Of rows [value, patients] in order of value."""
    reached = bins["patients"].cumsum() / bins["patients"].sum()
    parts = {"low": 0.1, "middle": 0.5, "high": 0.9}
    return {name: bins.loc[reached >= part, "value"].iloc[0] for name, part in parts.items()}


def charting(lake: Lake) -> pd.DataFrame:
    """One row per ward and concept: a week (`_now`) beside the week before (`_before`)."""
    until = built(lake)
    if until is None:
        return pd.DataFrame()
    weeks = {"_now": until, "_before": until - WEEK}
    found = [
        _ask(lake, "quality_missingness", {"since": (end - WEEK + DAY).date(), "until": end.date()})
        .set_index(["ward", "concept"])
        .add_suffix(suffix)
        for suffix, end in weeks.items()
    ]
    return pd.concat(found, axis=1).reset_index()


def unmapped(lake: Lake) -> pd.DataFrame:
    """One row per source, code and unit that nobody has mapped, the most rows first."""
    return _ask(lake, "quality_unmapped")


def funnel(lake: Lake) -> pd.DataFrame:
    """One row per source: landed, read, kept, used in twins, labelled."""
    return _ask(lake, "quality_funnel")


def sign_offs(lake: Lake) -> pd.DataFrame:
    """What people decided on the monthly reports, the newest first."""
    found = _ask(lake, "quality_sign_offs")
    return found.assign(who=found["who"].map(lake.keys.unveil))


def _ask(lake: Lake, question: str, about: dict | None = None) -> pd.DataFrame:
    with lake.read() as con:
        return frame(con, sql(question), about)
