"""The validation report of a month: one HTML file that needs nothing else, for audit.

Counts, shares and names of rules, codes and wards; no patient's value, and no ward of fewer than
five patients.
"""

import hashlib
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import jinja2
import pandas as pd

from expectations import trends
from warehouse import Lake, vocabulary
from warehouse.errors import NotSetUp
from warehouse.keys import Keys
from warehouse.lake import Connection, frame, sql

HERE = Path(__file__).parent
TABLES = (
    *("score_card", "top_rules", "quarantine", "findings", "unmapped", "missingness", "drift"),
    *("funnel", "sign_offs", "built"),
)
"""Questions of `sql/quality_<name>.sql` that the report answers, in this order."""


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Whose months can be reported on."""


@dataclass(frozen=True)
class Month:
    """A calendar month in UTC."""

    name: str
    first: date
    last: date

    @classmethod
    def named(cls, name: str) -> "Month":
        """`2026-11`; `NotSetUp` where it is no month."""
        if not cls.is_one(name):
            raise NotSetUp(f"{name!r} is no month: write it as 2026-11")
        first = date(int(name[:4]), int(name[5:]), 1)
        return cls(name, first, first.replace(day=monthrange(first.year, first.month)[1]))

    @staticmethod
    def is_one(name: str) -> bool:
        """Whether `named` would take it.

        >>> Month.is_one("2026-11"), Month.is_one("2026-99"), Month.is_one("0000-01")
        (True, False, False)
        """
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", name):
            return False
        return FIRST_YEAR <= int(name[:4]) <= LAST_YEAR

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The beginning of the next month."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=1)


def data_hash(con: Connection, month: Month) -> str:
    """SHA-256 of what landed in the month: ledger, verdicts, quarantine, observations.

    A row added, altered, released, rejected, corrected or taken away gives another one.
    """
    sums = frame(con, sql("quality_data_hash"), {"since": month.start, "until": month.end})
    return hashlib.sha256(sums.to_csv(index=False).encode()).hexdigest()


def signed(con: Connection, month: Month | None = None) -> pd.DataFrame:
    """[period, data_hash]: what the data of these months are now.

    Of every month that somebody has signed or was ever asked to sign, and of `month`.
    """
    periods = con.execute(
        "SELECT period FROM quality.sign_off UNION SELECT period FROM report.signed"
    ).fetchall()
    months = {Month.named(period) for (period,) in periods if Month.is_one(period)}
    months |= {month} if month else set()
    rows = [(found.name, data_hash(con, found)) for found in sorted(months, key=_name)]
    return pd.DataFrame(rows, columns=["period", "data_hash"])


def _name(month: Month) -> str:
    return month.name


def path(lake: Lake, name: str) -> Path:
    """Where a month's report lies if nobody says otherwise."""
    return lake.settings.var / "reports" / f"validation-{name}.html"


def summary(con: Connection, month: Month) -> dict:
    """What a person signs: the month, the hash of its data, and its counts.

    The hash is of the data that the counts were made from: what has come since voids the sign-off.
    """
    card = trends.asked(con, "score_card", month.first, month.last)
    findings = _of_month(trends.asked(con, "findings", month.first, month.last), month)
    counts = {name: int(card[name].sum()) for name in COUNTS}
    is_open = findings["state"] == "open"
    told = {"findings": len(findings), "open_findings": int(is_open.sum())}
    return {"period": month.name, "data_hash": _built_hash(con, month)} | counts | told


def _built_hash(con: Connection, month: Month) -> str:
    built = con.execute(
        "SELECT data_hash FROM report.signed WHERE period = ?", [month.name]
    ).fetchone()
    return built[0] if built else data_hash(con, month)


COUNTS = ("batches", "refused_batches", "read", "accepted", "quarantined", "duplicate", "unmapped")


def write(lake: Lake, month: Month, path: Path) -> dict:
    """Write the report of a month to `path`. Returns its summary and the path.

    What `report` holds is shown; build it first.
    """
    with lake.read() as con:  # one snapshot: what is shown and what is signed belong together
        tables = {name: trends.asked(con, name, month.first, month.last) for name in TABLES}
        if tables["built"].empty:
            raise NotSetUp("the tables of the report were never made: run `wardtwin quality build`")
        told = summary(con, month)
        rates = _pass_rates(con, month)
        decisions = sign_offs(con, lake.keys, tables["sign_offs"])
    tables["findings"] = _of_month(tables["findings"], month)
    page = _template().render(
        month=month,
        told=told,
        built=tables["built"].iloc[0],
        rules=_meanings(tables["top_rules"]),
        charts=_charts(rates, month),
        kinds=vocabulary.table("finding_kinds").set_index("kind").to_dict("index"),
        sign_offs=decisions,
        **{name: rows for name, rows in tables.items() if name not in ("built", "sign_offs")},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page)
    return told | {"file": str(path)}


def sign_offs(con: Connection, keys: Keys, decisions: pd.DataFrame) -> list[dict]:
    """The decisions, `who` in clear, and `is_void`: the data are no longer what was signed."""
    now = signed(con).set_index("period")["data_hash"]
    return [
        row
        | {"who": keys.unveil(row["who"])}
        | {"is_void": now.get(row["period"]) != row["data_hash"]}
        for row in decisions.to_dict("records")
    ]


def _of_month(findings: pd.DataFrame, month: Month) -> pd.DataFrame:
    """The findings that were there on some day of the month."""
    is_over = findings["ended"] <= month.start
    return findings[(findings["began"] < month.end) & ~is_over]


def _meanings(rules: pd.DataFrame) -> pd.DataFrame:
    known = vocabulary.table("rules")[["into_table", "rule", "meaning"]]
    found = rules.merge(known, "left", ["into_table", "rule"])
    return found.fillna({"meaning": "the line is no row of this kind of file"})


def _pass_rates(con: Connection, month: Month) -> pd.DataFrame:
    """The control chart of the pages, day by day, of every source of the month."""
    about = {"by": "source", "source": None, "minutes": 24 * 60}
    about |= {"until": month.end, "days": (month.end - month.start).days}
    return frame(con, sql("pass_rates"), about)


def _charts(rates: pd.DataFrame, month: Month) -> list[dict]:
    """One chart per source: its days as points of the picture."""
    return [_chart(source, days, month) for source, days in rates.groupby("name")]


WIDTH, HEIGHT = 720, 120


def _chart(source: str, days: pd.DataFrame, month: Month) -> dict:
    lowest = min(days["passed"].min(), days["low"].min(), 0.99)
    across = WIDTH * (days["time"] - month.start) / (month.end - month.start)

    def line(name: str) -> list[tuple[float, float]]:
        down = HEIGHT * (1 - days[name]) / (1 - lowest)
        return [
            (round(x, 1), round(y, 1)) for x, y in zip(across, down, strict=True) if pd.notna(y)
        ]

    points = zip(line("passed"), days["is_below"], days["time"], days["passed"], strict=True)
    return {
        "source": source,
        "lowest": lowest,
        "points": [
            {"x": x, "y": y, "is_below": is_below, "day": time.date(), "rate": rate}
            for (x, y), is_below, time, rate in points
        ],
        "rate": line("passed"),
        "centre": line("centre"),
        "lower": line("low"),
    }


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(HERE)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    environment.filters["share"] = lambda share: "—" if pd.isna(share) else f"{share:.2%}"
    environment.filters["count"] = lambda number: "—" if pd.isna(number) else f"{number:,.0f}"
    environment.filters["patients"] = lambda n: "< 5" if pd.isna(n) else f"{n:,.0f}"
    environment.filters["time"] = lambda time: (
        "—" if pd.isna(time) else f"{time:%Y-%m-%d %H:%M} +00:00"
    )
    environment.filters["word"] = lambda text: "—" if pd.isna(text) else text
    return environment.get_template("report.j2")
