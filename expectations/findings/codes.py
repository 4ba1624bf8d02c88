"""Codes that were renamed, and codes that nobody has mapped."""

from datetime import datetime, timedelta

import pandas as pd

from expectations.findings.finding import row
from expectations.limits import limits

DAYS_APART = 2
"""Days between the last of one code and the first of another that took its place."""
FEWEST_PATIENTS = 5
"""From how many different patients a code that nobody knows must have come to be shown."""
RATES = (0.5, 2.0)
"""Rows a day of the new code, as shares of those of the old one."""


def renamed(codes: pd.DataFrame) -> list[dict]:
    """A finding for each mapped code that stopped when another with like values began.

    `codes`: rows of report_codes.sql: each source's codes over the days looked at.
    """
    found = []
    for source, rows in codes[codes["n"] >= limits()["code_rows"]].groupby("source"):
        stopped = rows[rows["concept"].notna() & _has_stopped(rows)]
        begun = rows[rows["first_day"] > rows["first_day"].min() + timedelta(days=DAYS_APART)]
        for old in stopped.itertuples():
            heirs = [new for new in begun.itertuples() if _is_heir(old, new)]
            found += [_renamed(source, old, heir) for heir in heirs[:1]]
    return found


def unmapped(codes: pd.DataFrame) -> list[dict]:
    """A finding for each code without a concept that comes often, among the days looked at.

    Those of few patients are one finding per source, without their names.
    """
    often = codes[codes["concept"].isna() & (codes["n"] >= limits()["unmapped_rows"])]
    told = often.assign(code=[_shown(code) for code in often.itertuples()])
    firsts = {name: (name, "min") for name in ("first_batch_no", "first_landed", "first_day")}
    told = told.groupby(["source", "code"], as_index=False).agg(n=("n", "sum"), **firsts)
    return [
        row(
            "unmapped",
            source=code.source,
            code=code.code,
            first_batch_no=code.first_batch_no,
            began=code.first_landed,
            size=code.n,
            measure="rows",
            words=f"{code.source}: the code {code.code} is not mapped; {code.n:,} rows since "
            f"{code.first_day:%Y-%m-%d}, batch {code.first_batch_no}",
        )
        for code in told.itertuples()
    ]


def _shown(code) -> str:
    """A code as sent, unless it may be a patient's number: unmapped, and of few patients."""
    is_sure = pd.notna(code.concept) or code.patients >= FEWEST_PATIENTS
    return code.code if is_sure else "(of fewer than 5 patients)"


def _has_stopped(rows: pd.DataFrame) -> pd.Series:
    """Whether as many rows of a code as a finding needs should have come since its last day."""
    silent = (rows["last_day"].max() - rows["last_day"]).map(lambda span: span.days)
    return silent * rows["n"] / rows["days"] >= limits()["code_rows"]


def _is_heir(old, new) -> bool:
    apart = (new.first_day - old.last_day).days
    rate = (new.n / new.days) / (old.n / old.days)
    is_mapped_alike = pd.isna(new.concept) or new.concept == old.concept
    is_like = old.low <= new.middle <= old.high and new.low <= old.middle <= new.high
    return (
        new.code != old.code
        and abs(apart) <= DAYS_APART
        and RATES[0] <= rate <= RATES[1]
        and is_mapped_alike
        and is_like
    )


def _renamed(source: str, old, new) -> dict:
    began: datetime = new.first_landed
    return row(
        "code_renamed",
        source=source,
        concept=old.concept,
        code=_shown(new),
        first_batch_no=new.first_batch_no,
        began=began,
        size=(new.n / new.days) / (old.n / old.days),
        measure="ratio",
        words=f"{source}: {old.code} ({old.concept}) stopped and {_shown(new)} began on "
        f"{began:%Y-%m-%d}, batch {new.first_batch_no}, with like values and volume",
    )
