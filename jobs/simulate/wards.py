"""Which bed a patient lies in: nobody shares one, and whoever came first in line keeps it."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from math import inf

LIVE_WARD = "Ward 4B"
ICU = "Intensive Care Unit"
BEDS = 24
"""Beds of every ward but the live one, which has as many as are asked for."""


@dataclass(frozen=True)
class Place:
    """A patient's stay in one bed; times in hours from `until`."""

    ward: str
    bed: int
    start: float
    end: float

    @property
    def name(self) -> str:
        """As the hospital writes it, in every export."""
        return f"{self.ward} / Bed {self.bed}"


@dataclass
class BedPlan:
    """What is taken, bed by bed."""

    live_beds: int
    taken: dict[tuple[str, int], list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def take(self, ward: str, bed: int, start: float, end: float) -> Place:
        self.taken[ward, bed].append((start, end))
        return Place(ward, bed, start, end)

    def reserve(self, bed: int, start: float) -> None:
        """Keep a bed of the live ward for its own line of patients, from `start` on."""
        self.taken[LIVE_WARD, bed].append((start, inf))

    def first_free(self, ward_number: int, start: float, end: float) -> Place:
        """The first free bed of this ward, else of the next one; hospitals find room."""
        for number in count(ward_number):
            ward = ward_name(number)
            for bed in range(1, self._size(ward) + 1):
                if self._is_free(ward, bed, start, end):
                    return self.take(ward, bed, start, end)
        raise AssertionError("there is always another ward")

    def icu_bed(self, start: float, end: float) -> Place:
        bed = next(bed for bed in count(1) if self._is_free(ICU, bed, start, end))
        return self.take(ICU, bed, start, end)

    def _size(self, ward: str) -> int:
        return self.live_beds if ward == LIVE_WARD else BEDS

    def _is_free(self, ward: str, bed: int, start: float, end: float) -> bool:
        return all(end <= begun or over <= start for begun, over in self.taken[ward, bed])


def ward_name(number: int) -> str:
    """Ward 4B, Ward 5C, Ward 6D, ..."""
    return f"Ward {number + 4}{chr(ord('A') + (number + 1) % 26)}"
