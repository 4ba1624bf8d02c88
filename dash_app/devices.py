"""Devices in words: what is wrong with one, who is to act, and what it last told of itself."""

from datetime import datetime
from functools import cache

import pandas as pd
from dash import html

from dash_app import words
from dash_app.quality import tables
from warehouse import vocabulary

FAULTS = (
    ("Device", ""),
    ("Where", ""),
    ("What is wrong", ""),
    ("Since, UTC (+00:00)", ""),
    ("Until", ""),
    ("Judged", ""),
    ("What to do", ""),
)

INVENTORY = (
    ("number", "Device", {"flex": 2, "minWidth": 144}),
    ("kind", "Kind and model", {"flex": 2, "minWidth": 160}),
    ("firmware", "Firmware", {"flex": 1, "minWidth": 104}),
    ("where", "Where", {"flex": 2, "minWidth": 144}),
    ("battery", "Battery", {"flex": 1, "minWidth": 88, "type": "rightAligned"}),
    ("calibrated", "Calibrated", {"flex": 1, "minWidth": 120}),
    ("time", "Last reading", {"flex": 1, "minWidth": 136}),
    ("readings", "Readings in 24 h", {"flex": 1, "minWidth": 104, "type": "rightAligned"}),
    ("faults", "Open faults", {"flex": 2, "minWidth": 144}),
)

VERDICTS = {"technical": "technical", "clinical": "clinical: another sign moved with it"}

DOUBT = (
    "NEWS2, the risk and the alerts still count these readings: nothing is held back from the "
    "ward. Measure by hand where it matters."
)


def faults(found: pd.DataFrame, devices: pd.DataFrame, at: datetime) -> html.Div:
    """A table of faults, those that last first."""
    known = {row.device_id: row for row in devices.itertuples()}
    rows = [_fault(row, known[row.device_id], at) for row in found.itertuples()]
    return tables.table(FAULTS, rows, "Faults of devices")


def _fault(row, device, at: datetime) -> list:
    is_over = pd.notna(row.end_time)
    return [
        device.number,
        _joined(device.ward, device.bed),
        wrong(row),
        words.time_of_day(row.start_time, at),
        words.time_of_day(row.end_time, at) if is_over else "lasts",
        VERDICTS[row.verdict],
        _rule(row)["action"],
    ]


def wrong(row) -> str:
    """`Probe off · oxygen saturation: it vanishes or falls at once to this or below · limit 80`."""
    rule = _rule(row)
    told = f"{_name(row.failure)} · {_signal(row.signal)}: {rule['meaning']}"
    limit = float(rule["threshold"])
    return f"{told} · limit {limit:g}" if limit else told


def inventory(devices: pd.DataFrame, at: datetime) -> list[dict]:
    """A row of the grid per device."""
    return [
        {
            "number": row.number,
            "kind": _joined(row.kind, row.model),
            "firmware": words.text(row.firmware),
            "where": _joined(row.ward, row.bed),
            "battery": None if pd.isna(row.battery) else f"{row.battery:.0f} %",
            "calibrated": None if pd.isna(row.calibrated) else words.day(row.calibrated),
            "time": words.time_of_day(row.time, at),
            "readings": row.readings,
            "faults": ", ".join(_name(name) for name in row.open_faults),
        }
        for row in devices.itertuples()
    ]


def doubts(found: pd.DataFrame, at: datetime) -> list[html.Section]:
    """A card on the Patient page where the device that measures has a technical fault now."""
    lasting = found[(found["verdict"] == "technical") & found["end_time"].isna()]
    if lasting.empty:
        return []
    told = [
        f"{wrong(row)} · since {words.time_of_day(row.start_time, at)} · {_rule(row)['action']}"
        for row in lasting.itertuples()
    ]
    title = html.H2("Readings in doubt: the device, not the patient")
    listed = html.Ul([html.Li(line) for line in told])
    return [html.Section([title, listed, html.P(DOUBT, className="legend")], className="card")]


def _joined(*parts: str | float | None) -> str:
    """What is known of the parts, with a space between."""
    return " ".join(part for part in map(words.text, parts) if part)


def _name(failure: str) -> str:
    return words.sentence(failure.replace("_", " "))


def _rule(row) -> pd.Series:
    return _rules().loc[(row.failure, row.signal)]


@cache
def _rules() -> pd.DataFrame:
    return vocabulary.table("device_faults").set_index(["class", "signal"])


def _signal(name: str) -> str:
    signals = vocabulary.table("device_signals").set_index("signal")["meaning"]
    others = {"all": "all signals", "device_battery": "battery", "device_calibrated": "calibration"}
    return signals.get(name) or others[name]
