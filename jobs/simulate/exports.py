"""Everything a world exports, in order of when it became known: history and live are slices."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

import numpy as np
import orjson
import pandas as pd

from jobs.simulate import fhir, fhir_charting, lab_export, readings, world
from jobs.simulate.world import Hospital

RESOURCES = {
    "Patient": fhir.patients,
    "Encounter": fhir.encounters,
    "Observation": fhir_charting.observations,
    "MedicationAdministration": fhir.medications,
}
"""What the record system exports, in the order in which the files are written."""


@dataclass(frozen=True)
class Feed:
    """Lines in order of `known`, seconds since 1970."""

    known: np.ndarray
    lines: list[bytes]

    def between(self, since: int, to: int) -> tuple[np.ndarray, list[bytes]]:
        """What became known after `since` and up to `to`."""
        low, high = np.searchsorted(self.known, [since, to], side="right")
        return self.known[low:high], self.lines[low:high]


class Exports:
    """The exports of one world, each made when first asked for."""

    def __init__(self, hospital: Hospital):
        self.hospital = hospital
        self._hours: dict[int, pd.DataFrame] = {}

    @cached_property
    def records(self) -> dict[str, Feed]:
        """The FHIR resources, by type."""
        return {kind: self._feed(kind) for kind in RESOURCES}

    @cached_property
    def labs(self) -> pd.DataFrame:
        return lab_export.results(self.hospital)

    @cached_property
    def coarse(self) -> pd.DataFrame:
        return readings.coarse(self.hospital, self._posts)

    def sent(self, since: int, to: int) -> pd.DataFrame:
        """Every monitor's rows that were sent after `since` and up to `to`."""
        until = int(self.hospital.until.timestamp())
        first, last = max((since - until) // 3600 - 1, 0), (to - until) // 3600
        live = [self._dense(hour) for hour in range(first, last + 1)]
        parts = [between(rows, since, to) for rows in (self.coarse, *live)]
        rows = pd.concat([part for part in parts if len(part)] or parts[:1])
        return rows.sort_values(["known", "device_id"], kind="stable", ignore_index=True)

    @cached_property
    def _posts(self) -> list[readings.Post]:
        return readings.posts(self.hospital)

    def _dense(self, hour: int) -> pd.DataFrame:
        if hour not in self._hours:
            kept = {h: rows for h, rows in self._hours.items() if h >= hour - 2}
            self._hours = kept | {hour: readings.dense(self.hospital, self._posts, hour)}
        return self._hours[hour]

    def _feed(self, kind: str) -> Feed:
        until = self.hospital.until
        found = [
            (round(known * 3600), resource["id"], orjson.dumps(resource))
            for stay in self.hospital.stays
            for known, resource in RESOURCES[kind](stay, until)
        ]
        found.sort(key=lambda entry: entry[:2])
        seconds = np.array([entry[0] for entry in found], dtype=np.int64)
        return Feed(seconds + int(until.timestamp()), [entry[2] for entry in found])


def between(rows: pd.DataFrame, since: int, to: int) -> pd.DataFrame:
    """The rows, ordered by `known`, that became known after `since` and up to `to`."""
    low, high = np.searchsorted(rows["known"], [since, to], side="right")
    return rows.iloc[low:high]


@lru_cache(maxsize=2)
def of(seed: int, patients: int, days: int, until: datetime, beds: int) -> Exports:
    """The exports of one world: built once per process."""
    return Exports(world.build(seed, patients, days, until, beds))
