"""What would happen to a file, before anything is loaded: whose it is, what maps, what is refused.

Counts, names of columns, codes and units; never another cell of the file.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.ingest import batch, landing, tabular
from jobs.ingest.batch import Judged
from jobs.ingest.landing import Landed
from warehouse import Lake, Settings, vocabulary
from warehouse.errors import ContractBroken, NotSetUp
from warehouse.keys import Keys
from warehouse.source import File

LISTED = 50
"""Codes and units that are told one by one; the others are counted together."""

CODED = ("observation", "treatment")


def check(path: Path, source: str | None = None, *, now: datetime) -> dict:
    """Judge one file as the source (or its owner) would, and keep nothing of it.

    Returns the owner, or None with the nearest sources and what they miss; columns mapped and
    passed over, rows of each table, unknown codes and units with counts, and what each rule would
    refuse. `now` stands for the time of landing. Raises `NotSetUp` for no such file or source.
    """
    if not path.is_file():
        raise NotSetUp(f"{path} is not a file: give one file of an export")
    landed = _as_landed(path, source, now)
    if landed is None:
        return {"source": None, "ignored_by": _ignored_by(path), "nearest": _nearest(path)}
    told = {"source": landed.source.name, "kind": landed.file.kind, "refused_whole": None}
    try:
        return told | _columns(path, landed.file) | _judged(landed)
    except ContractBroken as broken:
        return told | {"refused_whole": str(broken)}


def _as_landed(path: Path, source: str | None, now: datetime) -> Landed | None:
    """The file as if it had landed: its source, and which of its kinds of file it would be."""
    for name in _names(path):
        whose = landing.source_named(source) if source else landing.owner(path, name)
        file = landing.file_of(whose, name) if whose else None
        if file:
            return Landed(whose, file, path, name, now)
    if source:
        files = landing.source_named(source).files
        patterns = ", ".join(pattern for file in files for pattern in file.match)
        raise NotSetUp(f"{source} sends no file of such a name; its patterns are: {patterns}")
    return None


def _names(path: Path) -> list[str]:
    """The names it may have below an export's folder: some patterns begin with a folder."""
    parts = path.absolute().parts
    return ["/".join(parts[-depth:]) for depth in (1, 2, 3)]


def _ignored_by(path: Path) -> dict[str, str]:
    """The sources that know such files and do not read them, and why."""
    return {
        source.name: why
        for source in vocabulary.sources().values()
        for pattern, why in source.ignored.items()
        if any(fnmatch(name, pattern) for name in _names(path))
    }


def _nearest(path: Path) -> list[dict]:
    """The three kinds of file most of whose columns are there, and the columns they miss."""
    found = [
        {"source": source.name, "kind": file.kind, "found": count, "missing": missing}
        for source in vocabulary.sources().values()
        for file in source.files
        if file.format in tabular.FORMATS and source.is_on and not source.is_synthetic
        for count, missing in _held_against(path, file)
    ]
    return sorted(found, key=lambda near: (len(near["missing"]), -near["found"]))[:3]


def _held_against(path: Path, file: File) -> Iterator[tuple[int, list[str]]]:
    """How many of the file's columns are there, and which are not; nothing where none is."""
    try:
        missing = tabular.missing_columns(tabular.header(path, file), file)
    except ContractBroken:
        return
    if count := len(tabular.wanted_columns(file)) - len(missing):
        yield count, missing


def _columns(path: Path, file: File) -> dict:
    """Which columns are read and which are passed over, of files that have columns."""
    if file.format not in tabular.FORMATS:
        return {}
    found = tabular.header(path, file)
    if tabular.missing_columns(found, file):
        return {}  # it may have lost its header: what stands there may be a patient's
    mapped = tabular.used_columns(found, file)
    return {"columns": mapped, "passed_over": [name for name in found if name not in mapped]}


def _judged(landed: Landed) -> dict:
    """Read, typed and judged by the very steps that ingestion takes."""
    with _lake() as lake, closing(batch.judge(lake, landed)) as judged:
        refusing = judged.results[judged.results["failed"] > 0]
        return {
            "read": judged.read,
            "rows": {into: judged.rows(into) for into in judged.tables},
            "unknown_codes": _unknown_codes(judged, lake.keys),
            "unknown_units": _unknown_units(judged, lake.keys),
            "refused": judged.quarantined,
            "rules": refusing.groupby("rule")["failed"].sum().to_dict(),
        }


def _unknown_codes(judged: Judged, keys: Keys) -> dict:
    """Codes that source_codes.csv does not know, most frequent first; such rows are accepted."""
    found = [
        row
        for into in CODED
        if into in judged.tables
        for row in judged.con.execute(
            f"SELECT count(*) AS n, source_code FROM typed_{into} "
            "WHERE concept IS NULL AND source_code IS NOT NULL GROUP BY ALL"
        ).fetchall()
    ]
    return _told(found, keys)


def _unknown_units(judged: Judged, keys: Keys) -> dict:
    """Units that units.csv does not know for their code's concept; such rows are refused."""
    if "observation" not in judged.tables:
        return _told([], keys)
    found = judged.con.execute(
        "SELECT count(*) AS n, source_code, source_unit FROM typed_observation "
        "WHERE NOT is_unit_known GROUP BY ALL"
    ).fetchall()
    return _told(found, keys)


def _told(found: list[tuple], keys: Keys) -> dict:
    """The most frequent, where they look like codes; how many others there are, and their rows."""
    found = sorted(found, key=lambda row: (-row[0], *map(str, row[1:])))
    clear = [row for row in found if all(keys.veil(text) == text for text in row[1:] if text)]
    listed = clear[:LISTED]
    return {
        "listed": [[*row[1:], row[0]] for row in listed],
        "others": len(found) - len(listed),
        "rows_of_others": sum(row[0] for row in found) - sum(row[0] for row in listed),
    }


@contextmanager
def _lake() -> Iterator[Lake]:
    """The lake that there is; else an empty one with a key of its own, gone afterwards."""
    try:
        lake = Lake.from_env()
    except NotSetUp:
        with TemporaryDirectory() as folder:
            yield Lake.create(Settings(var=Path(folder)))
    else:
        yield lake
