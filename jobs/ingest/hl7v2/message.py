"""One message: its segments, and what its MSH says of all of them."""

from dataclasses import dataclass

from jobs.ingest.hl7v2.encoding import Encoding, iso_time, offset

NO_FIELDS: list[str] = [""] * 60
"""What a segment that is not there would say."""


@dataclass(slots=True)
class Message:
    """Fields are numbered as in the standard: `fields[3]` of an OBX is OBX-3."""

    encoding: Encoding
    line: int
    """On which it begins in the file, from 1."""
    kind: str
    """MSH-9.1 and 9.2, as `ADT^A01`."""
    lines: list[str]

    def segments(self) -> list[list[str]]:
        """The fields of each segment, long enough to ask for any."""
        return [line.split(self.encoding.field) + NO_FIELDS for line in self.lines]

    def first(self, name: str) -> list[str]:
        """The fields of the first segment of that name; all "" where there is none."""
        return next((fields for fields in self.segments() if fields[0] == name), NO_FIELDS)

    def header(self, number: int) -> str:
        """MSH-n by its number."""
        return self.segments()[0][number - 1]

    @property
    def sender(self) -> str:
        """The sending application, as it stands."""
        return self.header(3)

    @property
    def arrived(self) -> str:
        """When it was sent, ISO 8601."""
        return iso_time(self._sent, "")

    def time(self, text: str) -> str:
        """A TS or DTM as ISO 8601; "" where there is none. MSH-7 has the offset if it has none."""
        time = text.split(self.encoding.component, 1)[0]
        return iso_time(time, offset(self._sent)) if time else ""

    @property
    def _sent(self) -> str:
        return self.header(7).split(self.encoding.component, 1)[0]
