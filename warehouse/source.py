"""What a source's YAML can say: its files, their columns, and what it promises.

A new CSV, Parquet or NDJSON source is such a YAML and lines in source_codes.csv: no code.
"""

import re
from fnmatch import fnmatch
from typing import Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, field_validator

Into = Literal[
    "patient",
    "encounter",
    "location",
    "observation",
    "treatment",
    "condition",
    "device",
    "place",
    "link",
]
Expression = str | dict[Literal["sql"], str]
"""A column of the file, or {sql: expression over the file's columns}.

In an expression SQL's own words are upper case; columns are lower case, or in double quotes.
"""


class Rows(BaseModel):
    """What each row of a file says about one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    into: Into | None = None
    """The table; FHIR resources and HL7 messages know theirs."""
    columns: dict[str, Expression] = {}
    """Our column -> theirs."""
    optional: dict[str, str] = {}
    """The same for columns that may be absent."""
    values: list[str] = []
    """Wide files: each of these columns is a value of its own, whose code is the column's name."""
    sensor_off: list[str] = []
    """Words that stand where a value would, and mean that nothing was measured: refused as such."""
    where: str = ""
    """SQL condition over the file's columns: only such rows are meant."""
    once: bool = False
    """Rows that say the same are taken once, such as a patient's sex on every line."""


class File(Rows):
    """One kind of file that a source sends. What it says stands here, or in several `tables`."""

    kind: str
    match: tuple[str, ...]
    """Patterns of the path below the source's landing folder, as in `fnmatch`: one, or a list. Any
    of them is enough, unless one that begins with `!` matches as well."""
    format: Literal["csv", "parquet", "ndjson", "fhir", "fhir-bundle", "hl7v2", "decision"]
    tables: list[Rows] = []
    """Where one row speaks of several tables: a patient, a stay and values, say."""
    separator: str = ","
    missing: list[str] = []
    """Words that mean "no value", beside the empty cell; "NA" is none: it may be sodium."""
    has_lost_keys: bool = False
    """Nothing tells equal rows apart: the row number becomes part of the observation's id."""
    assigner: str = ""
    """Of HL7 v2: whose numbers (PID-3.4) are the hospital's own; others keep their assigner."""
    name_carries: str = ""
    """Regular expression on the file's (or member's) name. Its named groups become columns:
    `bed` fills our `bed`, and is `name_bed` in expressions."""
    members: str = ""
    """The file is a tar or zip archive, and a batch; these members are its rows, in name order."""

    @field_validator("match", mode="before")
    @classmethod
    def _one_or_many(cls, match: str | list[str]) -> list[str]:
        return [match] if isinstance(match, str) else match

    def takes(self, name: str) -> bool:
        """Whether the name is one that its patterns mean."""
        taken = any(fnmatch(name, pattern) for pattern in self.match)
        others = [pattern.removeprefix("!") for pattern in self.match if pattern.startswith("!")]
        return taken and not any(fnmatch(name, pattern) for pattern in others)

    @property
    def says(self) -> list[Rows]:
        return self.tables or [self]

    @property
    def carried(self) -> list[str]:
        """The names under which expressions know what the file's name carries."""
        return [f"name_{group}" for group in re.compile(self.name_carries).groupindex]


class Rest(BaseModel):
    """A FHIR server that is asked for what is new, by `pull_fhir` and `wardtwin pull`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    """The server's base, such as https://fhir.example.org/r4."""
    types: list[str]
    page_size: int = 500
    overlap_minutes: float = 5
    """How far behind the newest change seen to ask again: servers index late."""
    token_variable: str = ""
    """Environment variable that holds the bearer token; with _FILE behind it, a file's path."""

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        if not re.match(r"https://|http://(localhost|127\.0\.0\.1)(:|/)", url):
            raise ValueError("must be https: patient data and a token travel there")
        return url.rstrip("/")


class Source(BaseModel):
    """What a hospital tells about one export: no code per source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    site: str
    owner: str
    is_on: bool = True
    """Whether its files are looked for."""
    is_live: bool
    """Ages are held against the clock; else each patient stands at their own last hour."""
    is_synthetic: bool = False
    has_safe_file_names: bool = False
    is_device: bool = False
    """Scored every minute by `score_microbatch`, and held against known patients and beds."""
    zone: str | None = None
    """IANA zone of times that carry no offset; without it such rows are refused."""
    future_minutes: float = 60
    """`time` may lie this far after `arrived` (clocks differ, nurses chart ahead)."""
    lag_minutes: float = 0
    """`arrived` = `time` + this, for a historical load that does not say when it knew."""
    cadence_minutes: float | None = None
    """What the source promises: something new at least this often."""
    expected_rows: int | None = None
    """What the source promises: about so many rows in that time, all its files together."""
    code_set: str = ""
    identifiers: str = ""
    """Who assigned the patients' numbers; sources of one hospital share it."""
    rest: Rest | None = None
    files: list[File]
    ignored: dict[str, str] = {}
    """Pattern of files that are known and not read -> why."""

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError(f"{zone} is no IANA time zone, such as Europe/London")
        return zone

    @property
    def codes(self) -> str:
        return self.code_set or self.name

    @property
    def domain(self) -> str:
        return self.identifiers or self.name
