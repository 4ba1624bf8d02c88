"""`wardtwin bench devices`: how well failures are found that were planted among illnesses."""

import time
from collections.abc import Callable, Iterator

import pandas as pd

from jobs.simulate.device_faults import LONG, SHORT
from jobs.simulate.devices import Fleet, fleet
from jobs.twins import device_faults, device_now
from warehouse import schema, vocabulary
from warehouse.lake import Connection, frame, insert, scratch

TABLES = (
    *("clinical/observation", "clinical/device", "clinical/device_current"),
    *("twin/device_now", "twin/device_day", "twin/device_flag", "twin/device_fault"),
)
AT_A_TIME = 10
"""Devices in memory."""
AFTERWARDS = pd.Timedelta(hours=4)
"""So long may a short failure still be seen in the readings after it: the look-back."""

Report = Callable[[int, int], None]


def run(devices: int, days: int, seed: int, report: Report) -> Iterator[dict]:
    """One line per failure class, one for real deteriorations, one for all.

    A false alarm is a fault without a planted cause (and, where it was called clinical, without a
    real deterioration). Minutes to detection are those of the readings, not of this machine.
    """
    begun = time.perf_counter()
    parts, readings = [], 0
    for first in range(1, devices + 1, AT_A_TIME):
        some = fleet(seed, range(first, min(first + AT_A_TIME, devices + 1)), days)
        readings += len(some.observations)
        parts.append((some.planted, found(some), some.turns))
        report(min(first + AT_A_TIME - 1, devices), devices)
    planted, faults, turns = (pd.concat(of, ignore_index=True) for of in zip(*parts, strict=True))
    yield from score(planted, faults, turns, devices * days)
    yield {
        "devices": devices,
        "days": days,
        "readings": readings,
        "seconds": round(time.perf_counter() - begun, 1),
    }


def found(some: Fleet) -> pd.DataFrame:
    """The faults that the product's own queries find in these readings, in one go."""
    con = _warehouse()
    insert(con, "clinical.observation", some.observations)
    insert(con, "clinical.device", some.inventory)
    device_now.update(con, device_faults.update(con, 1))
    faults = frame(con, "SELECT * FROM twin.device_fault")
    con.close()
    return faults


def _warehouse() -> Connection:
    con = scratch()
    for name in ("clinical", "twin"):
        con.execute(f"CREATE SCHEMA {name}")
    for name in TABLES:
        con.execute((schema.HERE / f"{name}.sql").read_text())
    return con


def score(
    planted: pd.DataFrame, faults: pd.DataFrame, turns: pd.DataFrame, device_days: int
) -> Iterator[dict]:
    """What was found of what was planted, by class; then of the deteriorations; then in all."""
    planted, faults = planted.rename_axis("plant").reset_index(), _with_number(faults)
    pairs = _overlapping(planted, faults)
    is_own = pairs["class"] == pairs["class_of_fault"]
    own = pairs[is_own & (pairs["detected"] >= pairs["start"])]
    own = own.assign(is_technical=own["verdict"] == "technical").groupby("plant")
    hits = planted.join(own.agg({"detected": "min", "is_technical": "all"}), on="plant")
    alone = faults[~faults["fault"].isin(pairs["fault"])]
    in_turn = _during(alone, turns)
    false = alone[~(alone["fault"].isin(in_turn["fault"]) & (alone["verdict"] == "clinical"))]
    for kind in (*SHORT, *LONG):
        yield _line(kind, hits[hits["class"] == kind], false, device_days)
    suppressed = in_turn[(in_turn["verdict"] == "technical") & in_turn["class"].isin(_judged())]
    wrong = suppressed["turn"].nunique()
    yield {"class": "deterioration", "real": len(turns), "called_technical": wrong}
    is_hit = hits["detected"].notna()
    right = int(hits["is_technical"].eq(True).sum()) + len(turns) - wrong
    yield {
        "class": "all",
        "planted": len(hits),
        "recall": _share(is_hit.sum(), len(hits)),
        "false_alarms_per_device_day": round(len(false) / device_days, 5),
        "routed_rightly": _share(right, is_hit.sum() + len(turns)),
        "routed_rightly_of_planted": _share(right, len(hits) + len(turns)),
    }


def _line(kind: str, hits: pd.DataFrame, false: pd.DataFrame, device_days: int) -> dict:
    got = hits[hits["detected"].notna()]
    minutes = (got["detected"] - got["start"]).dt.total_seconds() / 60
    return {
        "class": kind,
        "planted": len(hits),
        "found": len(got),
        "recall": _share(len(got), len(hits)),
        "false_alarms": int((false["class"] == kind).sum()),
        "false_alarms_per_device_day": round((false["class"] == kind).sum() / device_days, 5),
        "median_minutes": round(float(minutes.median())) if len(got) else None,
        "routed_rightly": _share(got["is_technical"].eq(True).sum(), len(got)),
    }


def _with_number(faults: pd.DataFrame) -> pd.DataFrame:
    faults = faults.rename_axis("fault").reset_index()
    return faults.assign(until=faults["end_time"].fillna(pd.Timestamp("2100-01-01", tz="UTC")))


def _overlapping(planted: pd.DataFrame, faults: pd.DataFrame) -> pd.DataFrame:
    """Each fault with each planted failure that may have caused it.

    A failure of weeks causes no fault of hours, other than of its own class.
    """
    named = faults.rename(columns={"class": "class_of_fault", "signal": "signal_of_fault"})
    pairs = planted.merge(named, on="device_id")
    at_once = pairs["start_time"] <= pairs["end"] + AFTERWARDS
    at_once &= pairs["until"] >= pairs["start"]
    fits = pairs["class"].isin(list(SHORT)) | pairs["class_of_fault"].isin(list(LONG))
    return pairs[at_once & fits]


def _during(faults: pd.DataFrame, turns: pd.DataFrame) -> pd.DataFrame:
    """Faults told while a patient truly got worse."""
    pairs = faults.merge(turns.rename_axis("turn").reset_index(), on="device_id")
    return pairs[(pairs["detected"] >= pairs["start"]) & (pairs["detected"] <= pairs["end"])]


def _judged() -> list[str]:
    rules = vocabulary.table("device_faults")
    return list(rules.loc[rules["verdict"] == "judged", "class"].unique())


def _share(part: int, whole: int) -> float | None:
    return round(float(part / whole), 4) if whole else None
