"""`twin.device_fault`: what is wrong with a device, by signatures in its readings alone.

Short signatures (minutes to hours) are looked for in slots of ten minutes around what a batch
touches, long ones (days to weeks) in `twin.device_day`. A flag says that one slot looks like a
fault and depends on the rows of its window only; a fault is a run of flags. So the faults are the
same in whatever order and in whatever batches the rows came.
"""

from collections.abc import Iterable
from functools import cache

import pandas as pd

from warehouse import vocabulary
from warehouse.lake import Connection, sql

LOOK_BACK = 240
"""Minutes that a short signature looks back, and no more."""

SHORT = ("frozen", "noise", "silent", "gap", "probe", "cuff", "clock", "repeats")
LONG = ("bias", "battery")
"""sql/device_fault_*.sql"""

FLAG = ("device_id", "class", "signal", "slot")
FAULT = ("device_id", "class", "signal", "start_time")
DAY = ("device_id", "patient_id", "signal", "day")
"""What tells the rows of the tables apart."""


def update(con: Connection, batch_no: int, inventoried: Iterable[int] = ()) -> list[int]:
    """Judge anew what a batch ends or corrects, inside its transaction; returns the devices.

    `inventoried` are those whose firmware was told of. It comes before `device_now.update`, which
    tells what is open.
    """
    _find_spans(con, batch_no, inventoried)
    _make(con, "device_touched", "device_touched", look_back=LOOK_BACK)
    touched = [row[0] for row in con.execute("SELECT device_id FROM device_touched").fetchall()]
    if not touched:
        return []
    for name, rows in _vocabulary().items():
        con.register(name, rows)
    _make(con, "device_revised", "device_revised")
    _make(con, "device_reading", "device_readings")
    _renew_days(con)
    _renew_flags(con)
    _make(con, "new_fault", "device_faults")
    within = "device_id IN (SELECT device_id FROM device_touched)"
    _renew(con, "twin.device_fault", "new_fault", within, FAULT)
    return touched


def _find_spans(con: Connection, batch_no: int, inventoried: Iterable[int]) -> None:
    """Which times of which devices a batch tells of, or tells anew, or judges otherwise."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known_device AS SELECT device_id, time FROM twin.device_now"
    )
    _make(con, "batch_observation", "batch_observation", batch_no=batch_no)
    if not _is_empty(con, "batch_observation WHERE is_revised"):
        con.execute(f"INSERT INTO batch_observation {sql('batch_observation_before')}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE touched_span AS "
        "SELECT device_id, time, false AS is_inventoried FROM batch_observation "
        "WHERE device_id IS NOT NULL UNION ALL "
        "SELECT device_id, time, true FROM known_device WHERE list_contains(?, device_id)",
        [list(inventoried)],
    )
    today = "(SELECT date_trunc('day', max(time)) FROM known_device)"
    if not _is_empty(con, f"batch_observation WHERE time < {today}"):
        con.execute(f"INSERT INTO touched_span {sql('device_days_charted')}")


def _renew_days(con: Connection) -> None:
    """The days that a batch ends or corrects; most end none."""
    if _is_empty(con, "device_touched WHERE days_since < days_until"):
        return
    _make(con, "new_day", "device_days")
    within = (
        "EXISTS (SELECT * FROM device_touched AS t WHERE t.device_id = device_day.device_id "
        "AND day >= days_since AND day < days_until)"
    )
    _renew(con, "twin.device_day", "new_day", within, DAY)


def _renew_flags(con: Connection) -> None:
    """The flags of the touched slots and, where a day ended or was corrected, of all days."""
    _make(con, "device_slot", "device_slots")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE device_changed AS SELECT device_id FROM device_touched "
        "WHERE days_since < days_until OR is_inventoried"
    )
    parts = [_flags(con, name, "known >= flags_since AND slot < flags_until") for name in SHORT]
    if not _is_empty(con, "device_changed"):
        parts += [_flags(con, name, "true") for name in LONG]
    con.execute(f"CREATE OR REPLACE TEMP TABLE found_flag AS {' UNION ALL '.join(parts)}")
    _make(con, "new_flag", "device_verdicts", look_back=LOOK_BACK)
    _make(con, "touched_flag", "device_flags_touched")
    within = (
        "(device_id, class, signal, slot) IN "
        "(SELECT (t.device_id, t.class, t.signal, t.slot) FROM touched_flag AS t)"
    )
    _renew(con, "twin.device_flag", "new_flag", within, FLAG)


def _flags(con: Connection, name: str, within: str) -> str:
    """Find the flags of one signature; the query for those that lie within what is judged."""
    _make(con, f"flag_{name}", f"device_fault_{name}", look_back=LOOK_BACK)
    return (
        f"SELECT flag_{name}.* FROM flag_{name} JOIN device_touched USING (device_id) "
        f"WHERE {within}"
    )


def _renew(con: Connection, table: str, new: str, within: str, key: tuple[str, ...]) -> None:
    """Make the rows of `table` that lie `within` those of `new`; nothing is written if they are."""
    keys, columns = ", ".join(key), ", ".join(_columns(con, table))
    old = f"SELECT {columns} FROM {table} WHERE {within}"
    wanted = f"SELECT {columns} FROM {new}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE stale_row AS ({old}) EXCEPT ({wanted})")
    con.execute(f"CREATE OR REPLACE TEMP TABLE fresh_row AS ({wanted}) EXCEPT ({old})")
    if not _is_empty(con, "stale_row"):
        con.execute(f"DELETE FROM {table} WHERE ({keys}) IN (SELECT ({keys}) FROM stale_row)")
    if not _is_empty(con, "fresh_row"):
        con.execute(f"INSERT INTO {table} BY NAME FROM fresh_row")


def _is_empty(con: Connection, rows: str) -> bool:
    return con.execute(f"SELECT count(*) FROM {rows}").fetchone() == (0,)


def _columns(con: Connection, table: str) -> list[str]:
    return [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]


def _make(con: Connection, table: str, query: str, **params: int) -> None:
    """A temporary table of a query's rows; it is given those of the parameters that it names."""
    text = sql(query)
    named = {name: value for name, value in params.items() if f"${name}" in text}
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {text}", named)


@cache
def _vocabulary() -> dict[str, pd.DataFrame]:
    """What the queries call device_rule, device_signal, device_codes, device_pair and so on."""
    rules = vocabulary.table("device_faults").drop(columns=["meaning", "action"])
    numbers = {"minutes": "int64", "threshold": float, "fewest": "int64", "apart_minutes": "int64"}
    limits = dict.fromkeys(("moved", "alarming_low", "alarming_high"), float)
    ceilings = vocabulary.concepts()["plausible_high"].rename("ceiling").rename_axis("concept")
    return {
        "device_rule": rules.astype(numbers),
        "device_signal": vocabulary.table("device_signals").astype(limits),
        "device_codes": vocabulary.table("device_codes"),
        "concept_ceiling": ceilings.reset_index(),
        "device_pair": pd.DataFrame({"signal": ["heart_rate"], "second": ["pulse"]}),
    }
