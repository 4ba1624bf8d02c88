"""One landed file, read and judged: everything that happens before the write transaction.

Its rows stay in a DuckDB connection of their own from the first cell to the last verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import pandas as pd

from expectations import gate
from jobs.ingest import hl7v2, staging, tabular, veil, voice
from jobs.ingest.fhir import bundle, ndjson
from jobs.ingest.landing import Landed
from warehouse import Lake
from warehouse.errors import ContractBroken
from warehouse.lake import (
    Connection,
    DuckDBError,
    OutOfMemoryError,
    frame,
    frames,
    let_spill,
    scratch,
    sql,
)
from warehouse.vocabulary import File, Source


@dataclass
class Judged:
    """Rows of one file, judged; `close` it when they are written.

    `con` holds, for each of `tables`, `typed_<table>` with every row, `broken_<table>` with the
    rules that refused rows broke (see `gate.check`), `accepted_<table>` with the others (see
    `veil.prepare`), and `rejects`: lines that are no rows at all.
    `identities`: kind, native_id, id, name. `results`: into_table, rule, dimension, counts.
    """

    con: Connection
    into_rejects: str
    tables: list[str] = field(default_factory=list)
    identities: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=IDENTITIES))
    results: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=RESULTS))

    @cached_property
    def read(self) -> int:
        return self._count([f"typed_{into}" for into in self.tables] + ["rejects"])

    @cached_property
    def quarantined(self) -> int:
        return self._count([f"broken_{into}" for into in self.tables] + ["rejects"])

    def rows(self, into: str) -> int:
        """How many rows were read for a table, refused ones among them."""
        return self._count([f"typed_{into}"])

    def columns(self, into: str) -> list[str]:
        """The columns of the rows that were read for a table."""
        return [row[0] for row in self.con.execute(f"DESCRIBE accepted_{into}").fetchall()]

    def accepted(self, into: str, what: str = "*"):
        """Of the rows that broke no rule, as Arrow batches; free text is ciphertext.

        `what` is a list of columns and expressions over them.
        """
        return self.con.execute(f"SELECT {what} FROM accepted_{into}").to_arrow_reader(100_000)

    def accepted_lines(self, into: str) -> pd.DataFrame:
        """Where the accepted rows stood: line, part."""
        return frame(self.con, f"SELECT line, part FROM accepted_{into}")

    def refused(self) -> Iterator[pd.DataFrame]:
        """The refused rows as they were staged: line, part, into_table, rules, refused_row (JSON).

        In frames of bounded size; lines that are no rows at all break `row_readable`.
        """
        for into in self.tables:
            yield from frames(
                self.con,
                f"SELECT line, part, '{into}' AS into_table, b.rules, "
                f"CAST(to_json(s) AS VARCHAR) AS refused_row "
                f"FROM broken_{into} AS b JOIN staged_{into} AS s USING (line, part) "
                "ORDER BY line, part",
            )
        yield from frames(
            self.con,
            "SELECT line, part, ? AS into_table, 'row_readable' AS rules, "
            "CAST(json_object('text', text) AS VARCHAR) AS refused_row FROM rejects ORDER BY line",
            [self.into_rejects],
        )

    def close(self) -> None:
        self.con.close()

    def _count(self, tables: list[str]) -> int:
        found = (self.con.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables)
        return sum(count for (count,) in found)


LARGE = 4 << 20
"""Bytes of a file from which on its rows, unpacked, may not fit into memory."""

IDENTITIES = ["kind", "native_id", "id", "name"]
RESULTS = ["into_table", "rule", "dimension", "checked", "failed"]


def judge(lake: Lake, landed: Landed) -> Judged:
    """Read, type and judge one file. Raises `ContractBroken` where it cannot be read."""
    source, file = landed.source, landed.file
    judged = Judged(_scratch(lake), file.into or "resource")
    try:
        if landed.path.stat().st_size > LARGE:
            let_spill(judged.con)
        _read(judged.con, landed)
        _judge_staged(judged, lake, source, file, landed.landed, None)
        _judge_lines(judged)
    except BaseException:
        judged.close()
        raise
    return judged


def judge_again(
    lake: Lake, source: Source, into: str, refused: pd.DataFrame, staged: pd.DataFrame,
    places: pd.DataFrame | None,
) -> Judged:  # fmt: skip
    """Judge refused rows of one batch and table once more.

    `refused`: kind and first_seen, as they stood in quarantine; `staged`: line, part and the
    columns as they were staged.
    """
    first = refused.iloc[0]
    file = next(file for file in source.files if file.kind == first["kind"])
    judged = Judged(_scratch(lake), into)
    judged.con.register("refused_rows", staged)
    columns = {column: column for column in staging.COLUMNS[into] if column in staged}
    staging.stage(judged.con, into, "SELECT * FROM refused_rows", columns)
    _judge_staged(judged, lake, source, file, first["first_seen"], places)
    return judged


def _read(con: Connection, landed: Landed) -> None:
    """Stage the file. The engine's own words may hold values, so only their kind is told."""
    try:
        if landed.file.format == "fhir":
            ndjson.read(con, landed.path, landed.file.kind, landed.source.codes)
        elif landed.file.format == "fhir-bundle":
            bundle.read(con, landed.path, landed.source.codes)
        elif landed.file.format == "hl7v2":
            hl7v2.read(con, landed.path, landed.file)
        else:
            tabular.read(con, landed.path, landed.name, landed.file)
    except OutOfMemoryError:
        raise  # the fault of this machine, not of the file: it stays in landing
    except DuckDBError as error:
        kind = type(error).__name__.removesuffix("Exception")
        raise ContractBroken(f"cannot be read ({kind} error): ask for it again") from None


def _judge_staged(
    judged: Judged, lake: Lake, source: Source, file: File, landed: datetime,
    places: pd.DataFrame | None,
) -> None:  # fmt: skip
    """Type and judge what a reader has staged."""
    con = judged.con
    if source.is_device and places is None:
        with lake.read() as reader:
            places = frame(reader, sql("places"))
    judged.tables = [into for into in staging.COLUMNS if staging.is_staged(con, into)]
    for into in judged.tables:
        found = voice.identities(con, into, source, lake.keys)
        voice.type_rows(con, into, source, file, landed, found, places)
        results = gate.check(con, into).assign(into_table=into)
        veil.prepare(con, into, lake.keys)
        judged.results = pd.concat([judged.results, results], ignore_index=True)
        judged.identities = pd.concat([judged.identities, found]).drop_duplicates(
            ["kind", "native_id"], ignore_index=True
        )


def _judge_lines(judged: Judged) -> None:
    """Lines that are no rows at all are refused too, by a rule of their own."""
    verdict = {"into_table": judged.into_rejects, "rule": "row_readable", "dimension": "validity"}
    counts = {"checked": judged.read, "failed": judged._count(["rejects"])}
    judged.results = pd.concat([judged.results, pd.DataFrame([verdict | counts])])


def _scratch(lake: Lake) -> Connection:
    settings = lake.settings
    con = scratch(settings.threads, settings.memory, settings.spill)
    voice.prepare(con)
    staging.make_rejects(con)
    return con
