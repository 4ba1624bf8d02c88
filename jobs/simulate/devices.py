"""A fleet of bedside monitors, minute by minute over weeks, with failures planted among illnesses.

Made device by device, each from a stream of its own: a fleet may be made in parts.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.simulate import chance, device_faults, illness, parameters, person, physiology
from jobs.simulate.chance import MONITOR, Generator
from jobs.simulate.device_faults import SIGNALS, Planted
from jobs.simulate.illness import BLEEDING, COLLAPSE, INFECTION, RESPIRATORY, Care, Spell
from jobs.simulate.physiology import DIASTOLIC, SYSTOLIC

START = np.datetime64("2026-01-01T00:00:00", "us")
DAY = 1440
"""Minutes."""
IDS = 10**9
"""Observations that a device may have."""
CONCEPTS = tuple("heart_rate" if name == "pulse" else name for name in SIGNALS)
CODES = tuple("MDC_PULS_OXIM_PULS_RATE" if name == "pulse" else name for name in SIGNALS)
CHARTED = ("heart_rate", "spo2", "systolic_bp", "temperature")
"""What nurses write down every four hours, whatever the monitor says."""
TURNS = {COLLAPSE: 0.3, RESPIRATORY: 0.4, BLEEDING: 2.0, INFECTION: 6.0}
"""Real deteriorations: the illness, and its hours to half of its peak."""
LEAST_PULSE_PRESSURE = 0.22
"""Share of the systolic pressure that is left in the worst shock (Stevenson and Perloff, 1989: a
quarter tells a failing heart)."""
RECOVERED = 12.0
"""Hours after treatment has begun."""


@dataclass(frozen=True)
class Fleet:
    """Some devices: all that was told of their patients, and what truly happened."""

    observations: pa.Table
    """As clinical.observation has them."""
    inventory: pd.DataFrame
    """As clinical.device has it."""
    planted: pd.DataFrame
    """device_id, class, signal, start, end."""
    turns: pd.DataFrame
    """Real deteriorations: device_id, start, end."""


def fleet(seed: int, numbers: range, days: int) -> Fleet:
    """The devices of these numbers over so many days."""
    told, inventory, planted, turns = [], [], [], []
    for number in numbers:
        rows, failures, worse = _device(seed, number, days)
        told.append(rows)
        inventory.append(_inventory(number, failures))
        planted += [
            (number, failure.kind, failure.signal, failure.start, failure.end)
            for failure in failures
            if failure.kind != "update"
        ]
        turns += [(number, *turn) for turn in worse]
    return Fleet(
        pa.concat_tables(told),
        pd.concat(inventory, ignore_index=True),
        _spells(planted, ["device_id", "class", "signal", "start", "end"]),
        _spells(turns, ["device_id", "start", "end"]),
    )


def _device(
    seed: int, number: int, days: int
) -> tuple[pa.Table, list[Planted], list[tuple[int, int]]]:
    """One device: its readings and the charts of its patients, its failures, real turns."""
    rng = chance.stream(seed, MONITOR, number)
    truth = np.full((days * DAY, len(parameters.SIGNS)), np.nan)
    patient, turns = np.zeros(len(truth), np.int64), []
    minute = 0
    while minute < len(truth):
        until = min(minute + int(rng.uniform(4, 9) * DAY), len(truth))
        turns += _stay(truth[minute:until], minute, rng)
        patient[minute:until] = number * 1000 + len(turns) + minute // DAY
        minute = until + int(rng.uniform(40, 90))
    values = _measured(truth, rng)
    late = np.zeros(len(truth))
    planted = device_faults.plant(values, late, rng, days)
    charts = _charts(number, truth, patient, rng)
    return pa.concat_tables([_told(number, values, late, patient, rng), charts]), planted, turns


def _stay(truth: np.ndarray, begin: int, rng: Generator) -> list[tuple[int, int]]:
    """Fill in one patient's true signs; the minutes of a real deterioration, in every other."""
    hours = np.arange(len(truth)) / 60
    fate = illness.befall(rng, 0.0, hours[-1], (0.0, 1.0), likely=0.0)
    spells, care, turns = fate.spells, Care(), []
    if rng.random() < 0.5 and hours[-1] > 24:
        onset = rng.uniform(8, hours[-1] - 8)
        kind = int(rng.choice(list(TURNS)))
        spells = (*spells, Spell(kind, onset, TURNS[kind], rng.uniform(1.0, 1.6)))
        care = Care(response=0.95, recovery=6.0, relief=onset + 2 * TURNS[kind] + 2)
        turns = [(begin + int(onset * 60), begin + int((care.relief + RECOVERED) * 60))]
    someone = person.born(rng)
    noise = physiology.draw_noise(rng, 0.0)
    severity = illness.severity(spells, care, hours)
    truth[:] = physiology.signs(
        someone, noise, hours, severity, np.zeros(len(hours)), begin / 60 % 24
    )
    least = LEAST_PULSE_PRESSURE * truth[:, SYSTOLIC]
    truth[:, DIASTOLIC] = np.minimum(truth[:, DIASTOLIC], truth[:, SYSTOLIC] - least)
    return turns


def _measured(truth: np.ndarray, rng: Generator) -> np.ndarray:
    """(minutes, SIGNS) -> (minutes, SIGNALS), rounded as the screen shows them."""
    sign = dict(zip(parameters.SIGNS, truth.T, strict=True))
    error = dict(zip(parameters.SIGNS, parameters.column("error"), strict=True))
    values = np.full((len(truth), len(SIGNALS)), np.nan)
    for column, name in enumerate(CONCEPTS):
        if name in sign:
            noise = rng.normal(0, 1.5 if SIGNALS[column] == "pulse" else error[name], len(truth))
            values[:, column] = sign[name] + noise
    values[:, SIGNALS.index("spo2")] = np.minimum(values[:, SIGNALS.index("spo2")], 100)
    temperature = SIGNALS.index("temperature")
    values = np.where(np.arange(len(SIGNALS)) == temperature, values.round(1), values.round())
    minute = np.arange(len(truth))
    for name, every in (("systolic_bp", 30), ("diastolic_bp", 30), ("temperature", 5)):
        values[minute % every != 0, SIGNALS.index(name)] = np.nan
    return values


def _charts(number: int, truth: np.ndarray, patient: np.ndarray, rng: Generator) -> pa.Table:
    """What nurses measured of its patients, in rows without a device."""
    rounds = np.arange(60, len(truth) - 40, 240)
    rounds = rounds + rng.integers(0, 40, len(rounds))
    columns = [parameters.SIGNS.index(name) for name in CHARTED]
    values = truth[rounds][:, columns]
    values = values + parameters.column("error")[columns] * rng.standard_normal(values.shape)
    values = np.where(np.array(CHARTED) == "temperature", values.round(1), values.round())
    row, column = np.nonzero(~np.isnan(values))
    at = START + rounds[row] * np.timedelta64(1, "m")
    return pa.table(
        _common(number * IDS + IDS // 2, patient[rounds[row]], values[row, column])
        | _timed(at, at + np.timedelta64(5, "m"))
        | {"device_id": pa.nulls(len(row), pa.int64())}
        | _named(CHARTED, CHARTED, column)
    )


def _told(
    number: int, values: np.ndarray, late: np.ndarray, patient: np.ndarray, rng: Generator
) -> pa.Table:
    """One row per value; `late` is how many seconds the device's clock is behind, per minute."""
    values = np.where(patient[:, None] > 0, values, np.nan)
    row, column = np.nonzero(~np.isnan(values))
    true = START + row * np.timedelta64(1, "m")
    lag = rng.uniform(1, 6, len(values))
    at = true - _seconds(late)[row]
    return pa.table(
        _common(number * IDS, patient[row], values[row, column])
        | _timed(at, true + _seconds(lag)[row])
        | {"device_id": np.full(len(row), number)}
        | _named(CONCEPTS, CODES, column)
    )


def _common(first_id: int, patient: np.ndarray, values: np.ndarray) -> dict:
    rows = len(values)
    return {
        "observation_id": pa.array(first_id + np.arange(rows), pa.uint64()),
        "patient_id": patient,
        "value": values,
        "is_revised": np.zeros(rows, bool),
        "batch_no": np.ones(rows, np.int64),
    }


def _timed(time: np.ndarray, arrived: np.ndarray) -> dict:
    zone = pa.timestamp("us", tz="UTC")
    return {"time": pa.array(time).cast(zone), "arrived": pa.array(arrived).cast(zone)}


def _named(concepts: tuple[str, ...], codes: tuple[str, ...], column: np.ndarray) -> dict:
    index = pa.array(column.astype(np.int8))
    return {"concept": pa.array(concepts).take(index), "source_code": pa.array(codes).take(index)}


def _seconds(number: np.ndarray) -> np.ndarray:
    return (number * 1e6).astype("timedelta64[us]")


def _inventory(number: int, planted: list[Planted]) -> pd.DataFrame:
    """Every device is told once; some get new firmware, of which only some is at fault."""
    updates = [p.start for p in planted if p.kind in ("firmware_bias", "update")]
    rows = [("1.4", 0), *(("2.0", minute) for minute in updates)]
    return pd.DataFrame(
        {
            "device_id": number,
            "source": "bench",
            "kind": "monitor",
            "model": "Vista",
            "firmware": [firmware for firmware, _ in rows],
            "arrived": _times([minute for _, minute in rows]),
            "batch_no": 1,
        }
    )


def _spells(rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=columns)
    return found.assign(start=_times(found["start"]), end=_times(found["end"]))


def _times(minutes) -> pd.DatetimeIndex:
    passed = np.asarray(minutes, dtype=np.int64) * np.timedelta64(1, "m")
    return pd.DatetimeIndex(START + passed).tz_localize("UTC")
