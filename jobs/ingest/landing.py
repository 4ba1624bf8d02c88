"""What lies in landing: which files are complete, whose they are, and their batch ids."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from jobs.ingest import tabular
from jobs.ingest.fhir import bundle
from warehouse import Settings, vocabulary
from warehouse.archive import Archive
from warehouse.errors import ContractBroken, NotSetUp
from warehouse.source import File, Source

UNFINISHED = (".part", ".tmp")


@dataclass(frozen=True)
class Landed:
    """One complete file of one source. `name` is its path below the source's folder."""

    source: Source
    file: File
    path: Path
    name: str
    landed: datetime
    version: tuple[int, int] | None = None
    """Which file it was that lay there: inode and time of change."""

    def remove(self) -> None:
        """Take it out of landing, unless a sender has put a new file in its place meanwhile."""
        with suppress(FileNotFoundError):
            stat = self.path.stat()
            if self.version in (None, (stat.st_ino, stat.st_mtime_ns)):
                self.path.unlink()

    @property
    def batch_id(self) -> str:
        """SHA-256 of source, file name where the name carries meaning, and bytes."""
        has_telling_name = self.file.name_carries and not self.file.members
        name = Path(self.name).name if has_telling_name else ""
        digest = hashlib.sha256(f"{self.source.name}\0{self.file.kind}\0{name}\0".encode())
        with self.path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()


def pending(settings: Settings, sources: list[str] | None = None) -> list[Landed]:
    """Everything complete in landing, in order of (landed, source, name); all sources, or these."""
    chosen = vocabulary.sources().values() if sources is None else map(source_named, sources)
    found = [landed for source in chosen if source.is_on for landed in _of(settings, source)]
    return sorted(found, key=lambda landed: (landed.landed, landed.source.name, landed.name))


def feeds(is_device: bool) -> list[str]:
    """The names of the sources that `score_microbatch` (or else `ingest_ehr`) looks after."""
    return [s.name for s in vocabulary.sources().values() if s.is_on and s.is_device == is_device]


def import_folder(settings: Settings, folder: Path) -> dict:
    """Copy an export into landing, each file to the source that knows it; nothing is moved.

    Returns {"copied": {source: [names]}, "ignored": [names no source matched]}.
    """
    if not folder.is_dir():
        raise NotSetUp(f"{folder} is not a folder: give the folder of an export")
    copied: dict[str, list[str]] = {}
    ignored: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if whose := owner(path, name):
            _copy(path, settings.landing / whose.name / name)
            copied.setdefault(whose.name, []).append(name)
        else:
            ignored.append(name)
    return {"copied": copied, "ignored": ignored}


def owner(path: Path, name: str) -> Source | None:
    """Whose file it is: whose pattern and columns fit, else whose pattern alone, if it is precise.

    A file that has lost a column is still its source's, and is refused there with a reason.
    """
    known = [source for source in vocabulary.sources().values() if source.is_on]
    if any(is_ignored(source, name) for source in known):
        return None
    candidates = [(s, f) for s in known if not s.is_synthetic and (f := file_of(s, name))]
    fitting = [source for source, file in candidates if _fits(path, file)]
    precise = [source for source, file in candidates if not file.match[0].startswith("*")]
    return next(iter(fitting + precise), None)


def source_named(name: str) -> Source:
    """The source of this name; `NotSetUp` names those that exist."""
    try:
        return vocabulary.sources()[name]
    except KeyError:
        known = ", ".join(vocabulary.sources())
        raise NotSetUp(f"no source is called {name!r}; the sources are: {known}") from None


def file_of(source: Source, name: str) -> File | None:
    """The first kind of file of the source whose pattern the name matches."""
    return next((file for file in source.files if file.takes(name)), None)


def is_ignored(source: Source, name: str) -> bool:
    """Whether the source's YAML says that such a file is not read."""
    return any(fnmatch(name, pattern) for pattern in source.ignored)


def restored(archive: Archive, sidecar: dict, folder: Path) -> Landed:
    """An archived file as it landed on its first day, but below `folder`."""
    source = vocabulary.sources()[sidecar["source"]]
    path = folder / source.name / sidecar["name"]
    archive.restore(sidecar["batch_id"], path)
    landed = datetime.fromisoformat(sidecar["landed"]).astimezone(UTC)
    return Landed(source, file_of(source, sidecar["name"]), path, sidecar["name"], landed)


def strangers(settings: Settings) -> int:
    """How many finished files lie in landing that no source's pattern matches."""
    sources = vocabulary.sources()
    found = 0
    for path in settings.landing.rglob("*"):
        if path.is_file() and not path.name.startswith(".") and path.suffix not in UNFINISHED:
            folder, _, name = str(path.relative_to(settings.landing)).partition("/")
            found += folder not in sources or file_of(sources[folder], name) is None
    return found


def _of(settings: Settings, source: Source) -> Iterator[Landed]:
    folder = settings.landing / source.name
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        file = file_of(source, name)
        if file and _is_complete(path, settings.settle_seconds):
            with suppress(FileNotFoundError):  # taken in by another run meanwhile
                stat = path.stat()
                landed = datetime.fromtimestamp(stat.st_mtime, UTC)
                yield Landed(source, file, path, name, landed, (stat.st_ino, stat.st_mtime_ns))


def _is_complete(path: Path, settle_seconds: float) -> bool:
    """A plain file with a finished name that has not changed for a while.

    This is the one place that looks at the clock: it asks whether a sender is still writing.
    """
    if path.name.startswith(".") or path.suffix in UNFINISHED:
        return False
    if path.is_symlink() or not path.is_file():
        return False
    with suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime >= settle_seconds
    return False


def _fits(path: Path, file: File) -> bool:
    try:
        if file.format == "fhir-bundle":
            return bundle.is_bundle(path)
        if file.format not in tabular.FORMATS:
            return True
        return not tabular.missing_columns(tabular.header(path, file), file)
    except ContractBroken:
        return False


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    side = target.with_name(f".{target.name}.{os.getpid()}.part")
    shutil.copyfile(source, side)
    side.replace(target)
