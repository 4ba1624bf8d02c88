"""A person signs a month's validation report, or rejects it; the decision is a landed file."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from expectations import report
from expectations.report import Month
from jobs.validation import build
from warehouse import Lake, decisions
from warehouse.lake import Connection, insert

DECISIONS = {"approve": "approved", "reject": "rejected"}
TEXTS = ("period", "data_hash")


def prepare(lake: Lake, month: str, *, now: datetime) -> dict:
    """Write the report of a month (empty: the one before `now`); returns what is to be signed.

    period, data_hash and the counts, `file`: where the report lies, and `question`: in Markdown.
    """
    last = now.replace(day=1) - timedelta(days=1)
    chosen = Month.named(month or f"{last:%Y-%m}")
    build.run(lake, now=now, month=chosen)
    told = report.write(lake, chosen, report.path(lake, chosen.name))
    return told | {"question": _question(told, f"{lake.settings.pages_url}/reports")}


def _question(told: dict, address: str) -> str:
    """What a person reads before they approve or reject."""
    counts = {name: value for name, value in told.items() if isinstance(value, int)}
    rows = [f"| {name.replace('_', ' ')} | {value:,} |" for name, value in counts.items()]
    lines = [
        f"Read [the report]({address}/{Path(told['file']).name}), then approve or reject it. "
        "You sign that you have seen these counts.",
        "\n".join([f"| In {told['period']} | |", "|---|--:|", *rows]),
        f"Made from data `{told['data_hash']}`: a change of them voids your sign-off.",
    ]
    return "\n\n".join(lines)


def answer(lake: Lake, prepared: dict, answered: dict) -> dict:
    """Land what a person answered to what `prepare` returned. Returns period, hash and action.

    `answered`: Airflow's chosen_options, responded_at, responded_by_user.
    """
    action = answered["chosen_options"][0].lower()
    who, at = answered["responded_by_user"]["name"], answered["responded_at"]
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    saw = {name: value for name, value in prepared.items() if isinstance(value, int)}
    decisions.sign(lake.settings, prepared["period"], prepared["data_hash"], action, saw, who, at)
    return {name: prepared[name] for name in ("period", "data_hash")} | {"action": action}


def apply(con: Connection, lake: Lake, found: dict[str, dict], batch_no: int) -> set[str]:
    """Record the sign-offs among the decisions of a landed file; returns their ids."""
    valid = {key: line for key, line in found.items() if _is_valid(line)}
    rows = [
        {
            "decision_id": key,
            "period": line["period"],
            "data_hash": line["data_hash"],
            "who": lake.keys.veil(line["by"]),
            "time": datetime.fromisoformat(line["at"]),
            "decision": DECISIONS[line["action"]],
            "saw": json.dumps(line["saw"]),
            "batch_no": batch_no,
        }
        for key, line in valid.items()
    ]
    if rows:
        insert(con, "quality.sign_off", pd.DataFrame(rows))
    return set(valid)


def _is_valid(line: dict) -> bool:
    """Whether the line says what is decided about which month; if so, it can be kept."""
    action, saw = line.get("action"), line.get("saw")
    return (
        line.get("kind") == "sign_off"
        and isinstance(action, str)
        and action in DECISIONS
        and all(isinstance(line.get(name), str) and line[name].strip() for name in TEXTS)
        and isinstance(saw, dict)
        and all(isinstance(value, int) for value in saw.values())
        and Month.is_one(line["period"])
    )
