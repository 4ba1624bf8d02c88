"""Monitor readings as their gateway exports them: one row per value."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobs.simulate import coding, dirt, monitors
from jobs.simulate.chance import READINGS, Generator
from jobs.simulate.monitors import SIGNALS, Monitor
from jobs.simulate.wards import ICU, LIVE_WARD, Place
from jobs.simulate.world import Hospital, Stay

COLUMNS = ["device_id", "patient", "bed", "time", "sent", "code", "value", "unit"]
"""What is exported; rows also carry `known` (`sent`, seconds since 1970) and `is_icu`."""

ECTOPIC_BEATS = "MDC_ECG_V_P_C_RATE"
"""Sent by some monitors, mapped by nobody here."""


@dataclass(frozen=True)
class Post:
    """One patient at one monitored bed."""

    stay: Stay
    number: int
    monitor: Monitor

    @property
    def place(self) -> Place:
        return self.stay.places[self.number]


def posts(hospital: Hospital) -> list[Post]:
    """Every patient's every bed that has a monitor."""
    found = [
        Post(stay, number, monitors.at_bed(stay.seed, place))
        for stay in hospital.stays
        for number, place in enumerate(stay.places)
    ]
    return [post for post in found if post.monitor]


def coarse(hospital: Hospital, places: list[Post]) -> pd.DataFrame:
    """What is kept of every monitored bed; the live ward's only up to `until`."""
    return _joined(
        _rows(hospital, post, *monitors.coarse(post.stay, post.number, post.monitor))
        for post in places
    )


def dense(hospital: Hospital, places: list[Post], hour: int) -> pd.DataFrame:
    """What the live ward sends in one hour after `until`."""
    return _joined(
        _rows(hospital, post, *monitors.dense(post.stay, post.number, post.monitor, hour), hour)
        for post in places
        if post.place.ward == LIVE_WARD and post.place.start < hour + 1 and post.place.end > hour
    )


def _joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """In order of arrival; within a second by device, so that the order tells nothing."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=[*COLUMNS, "known", "is_icu"])
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["known", "device_id"], kind="stable", ignore_index=True)


def _rows(
    hospital: Hospital, post: Post, times: np.ndarray, values: np.ndarray, *hour: int
) -> pd.DataFrame:
    """One row per value sent, in the monitor's codes and units, with what goes wrong on the way."""
    rng = post.stay.stream(READINGS, post.number, *hour, 1, 1)
    row, signal = np.nonzero(~np.isnan(values))
    known = hospital.seconds(times + rng.uniform(1, 6, len(times)) / 3600)
    codes, units, sent_values = _as_sent(post.monitor, values)
    patient = post.stay.course.person.patient_id if post.monitor.names_patient else ""
    rows = pd.DataFrame(
        {
            "device_id": post.monitor.device,
            "patient": patient,
            "bed": post.place.name,
            "time": _text(hospital.seconds(times))[row],
            "sent": _text(known)[row],
            "code": codes[signal],
            "value": sent_values[row, signal],
            "unit": units[signal],
            "known": known[row],
            "is_icu": post.place.ward == ICU,
        }
    )
    if post.monitor.counts_beats:
        rows = pd.concat([rows, _beats(rows, rng)], ignore_index=True)
    return dirt.soil(rows, rng, code="code", value="value")


def _as_sent(monitor: Monitor, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Code and unit per signal, and the values in those units."""
    concepts = ["heart_rate" if signal == "pulse" else signal for signal in SIGNALS]
    codes = [coding.codes("monitor", concept)[0] for concept in concepts]
    codes[SIGNALS.index("pulse")] = coding.codes("monitor", "heart_rate")[1]
    units = np.array([code.unit for code in codes], dtype=object)
    if monitor.is_fahrenheit:
        column, values = SIGNALS.index("temperature"), values.copy()
        units[column] = "°F"
        values[:, column] = np.round(coding.in_unit(values[:, column], "temperature", "°F"), 1)
    return np.array([code.code for code in codes], dtype=object), units, values


def _beats(rows: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    """One count of ectopic beats with every cuff pressure."""
    cuff = rows[rows["code"] == coding.codes("monitor", "systolic_bp")[0].code]
    return cuff.assign(code=ECTOPIC_BEATS, value=rng.poisson(1.5, len(cuff)) * 1.0, unit="/min")


def _text(seconds: np.ndarray) -> np.ndarray:
    """ISO 8601 with offset."""
    stamps = np.datetime_as_string(seconds.astype("datetime64[s]"))
    return np.char.add(stamps, "+00:00").astype(object)
