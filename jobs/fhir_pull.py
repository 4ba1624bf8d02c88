"""What is new on a FHIR server, into landing: a file of NDJSON for each resource type.

A file is landed whole before the watermark moves, so that a kill anywhere leaves no gap; what is
asked for twice is dropped by the ledger and by the rows' versions. What a server has deleted for
good it does not tell.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import orjson
from httpx import Client

from jobs.fhir_pages import Page, client_of, fhir_time, pages
from jobs.ingest.landing import file_of
from jobs.log import log
from warehouse import Settings, durable, vocabulary
from warehouse.errors import NotSetUp
from warehouse.locks import file_lock
from warehouse.source import Source


def sources() -> list[str]:
    """The names of the sources that are on and have a FHIR server."""
    return [source.name for source in vocabulary.sources().values() if source.is_on and source.rest]


def run(settings: Settings, source: Source, now: datetime) -> dict:
    """Pull every type; returns how many resources came of each. `now` stands in for the clock of a
    server that does not tell its own.

    Raises `StoreUnavailable` where the server does not answer, `NotSetUp` where it refuses. Types
    pulled before that stay pulled.
    """
    if source.rest is None:
        raise NotSetUp(
            f"the YAML of {source.name} names no FHIR server: add `rest: {{url, types}}`"
        )
    folder = settings.var / "pull"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        file_lock(folder / f"{source.name}.lock", f"pull {source.name}", settings.lock_timeout),
        client_of(source) as client,
    ):
        counts = {kind: _pull(client, settings, source, kind, now) for kind in source.rest.types}
    log.info("pulled", source=source.name, **counts)
    return counts


def _pull(client: Client, settings: Settings, source: Source, kind: str, now: datetime) -> int:
    """One type: its pages into a file, the file into landing, and only then the watermark."""
    state_path = settings.var / "pull" / f"{source.name}.json"
    state = orjson.loads(state_path.read_bytes()) if state_path.exists() else {}
    known = state.get(kind, {})
    part = settings.landing / source.name / f".{kind}.pulled.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as file:
        found = pages(client, source, kind, _query(source, known, now))
        count, newest, digest = _write(file, found, kind, now)
    if count and digest != known.get("digest"):
        part.replace(_target(source, part.parent, kind, digest))
        durable.sync(part.parent)
    part.unlink(missing_ok=True)
    if newest:
        watermark = max(newest, min(fhir_time(known.get("watermark")) or newest, now))
        state[kind] = {"watermark": watermark.isoformat(), "digest": digest}
        durable.write(state_path, [orjson.dumps(state)])
    return count


def _query(source: Source, known: dict, now: datetime) -> dict[str, str]:
    """What has changed since the watermark, and a little before it."""
    query = {"_count": str(source.rest.page_size), "_sort": "_lastUpdated"}
    if watermark := fhir_time(known.get("watermark")):
        since = min(watermark, now) - timedelta(minutes=source.rest.overlap_minutes)
        query["_lastUpdated"] = f"ge{since.isoformat()}"
    return query


def _write(
    file: BinaryIO, found: Iterator[Page], kind: str, now: datetime
) -> tuple[int, datetime | None, str]:
    """Every resource of the type as a line; returns how many, the server's newest time, a digest.

    The newest time is the resources' own, and where they have none that of the server's answer;
    never one to come by the server's own clock, for until then nothing would be asked for.
    """
    count, newest, answered, digest = 0, None, None, hashlib.sha256()
    for page in found:
        answered = answered or page.answered or now
        for resource in page.resources(kind):
            line = orjson.dumps(resource) + b"\n"
            file.write(line)
            digest.update(line)
            count += 1
            newest = max(filter(None, (newest, _changed(resource))), default=None)
    file.flush()
    os.fsync(file.fileno())
    return count, min(newest or answered, answered) if count else None, digest.hexdigest()


def _changed(resource: dict) -> datetime | None:
    """When the server last changed it, where it says so."""
    meta = resource.get("meta")
    return fhir_time(meta.get("lastUpdated")) if isinstance(meta, dict) else None


def _target(source: Source, folder: Path, kind: str, digest: str) -> Path:
    """Where the file lands: a name that the source's YAML reads as this type."""
    name = f"{kind}.{digest[:16]}.ndjson"
    file = file_of(source, name)
    if file is None or (file.format, file.kind) != ("fhir", kind):
        raise NotSetUp(f"{source.name}: no file of its YAML has the kind {kind}: add one")
    return folder / name
