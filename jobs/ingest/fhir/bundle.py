"""A Bundle: one JSON file of resources of many types, such as a transaction or a collection.

The `line` of a row is the number of its entry, from 1.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from jobs.ingest.fhir import lines, tables
from jobs.ingest.fhir.resources import KINDS, resource
from jobs.log import log
from warehouse.errors import ContractBroken
from warehouse.lake import Connection, quote

SHAPE = '{"resourceType": "VARCHAR", "entry": [{"fullUrl": "VARCHAR", "resource": "JSON"}]}'
UUID = "urn:uuid:"


class Entry(NamedTuple):
    number: int
    url: str | None
    kind: str | None
    id: str | None
    text: str | None


def read(con: Connection, path: Path, code_set: str) -> None:
    """Stage every entry of a type that has a place; entries that are no resource go to `rejects`.

    Raises `ContractBroken` where the file is not JSON to its end, no Bundle, or one that holds
    nothing that is read: like an export of no resources, that is a fault and not a quiet day.
    """
    entries = _with_own_ids(_entries(con, path))
    for kind in KINDS:
        _stage(con, kind, code_set, [entry for entry in entries if entry.kind == kind])
    broken = [(entry.number, entry.text or "") for entry in entries if entry.kind is None]
    con.register("broken", tables.texts(broken))
    con.execute("INSERT INTO rejects SELECT line, 0, text FROM broken")
    if not any(entry.kind is None or entry.kind in KINDS for entry in entries):
        raise ContractBroken("the bundle holds no resource that is read: ask for it again")
    others = sum(entry.kind is not None and entry.kind not in KINDS for entry in entries)
    log.info("bundle", entries=len(entries), of_other_types=others)


def is_bundle(path: Path) -> bool:
    """Whether the file's beginning says that it is one."""
    return re.search(rb'"resourceType"\s*:\s*"Bundle"', lines.head(path)) is not None


def _entries(con: Connection, path: Path) -> list[Entry]:
    con.register("bundle_file", tables.texts([(1, _text(path))]))
    kind = "json_extract_string(text, '$.resourceType')"
    found, entries = con.execute(
        f"""
        SELECT
            CASE WHEN json_valid(text) THEN coalesce({kind}, '') END,
            CASE WHEN json_valid(text) THEN coalesce(json_type(text, '$.entry'), 'ARRAY') END
        FROM bundle_file
        """
    ).fetchone()
    if found is None:
        raise ContractBroken("not JSON to its end: ask for it again")
    if found != "Bundle":
        raise ContractBroken("no FHIR Bundle: ask for one, or correct the source's YAML")
    if entries != "ARRAY":
        raise ContractBroken("the bundle's `entry` is no list: ask for it again")
    rows = con.execute(
        f"""
        WITH entry AS (
            SELECT unnest(parsed.entry) AS entry, generate_subscripts(parsed.entry, 1) AS number
            FROM (SELECT from_json(text, {quote(SHAPE)}) AS parsed FROM bundle_file)
        )
        SELECT
            number, entry.fullUrl, json_extract_string(entry.resource, '$.resourceType'),
            json_extract_string(entry.resource, '$.id'), CAST(entry.resource AS VARCHAR)
        FROM entry ORDER BY number
        """
    ).fetchall()
    return [_checked(Entry(*row)) for row in rows]


def _checked(entry: Entry) -> Entry:
    """What has no type that FHIR could have is no resource."""
    return entry if (entry.kind or "").isalpha() else entry._replace(kind=None)


def _text(path: Path) -> str:
    try:
        return lines.whole(path).decode()
    except UnicodeDecodeError:
        raise ContractBroken("not UTF-8 text: ask for it again") from None


def _with_own_ids(entries: list[Entry]) -> list[Entry]:
    """References by `urn:uuid` lead to an entry's own id; an entry without one has its uuid."""
    named = {
        entry.url.removeprefix(UUID): entry.id
        for entry in entries
        if entry.id and (entry.url or "").startswith(UUID)
    }
    changed = {uuid: own for uuid, own in named.items() if uuid != own}
    return [_with_id(entry, changed) for entry in entries]


def _with_id(entry: Entry, changed: dict[str, str]) -> Entry:
    text = entry.text
    if text and changed:
        text = re.sub(
            f'"{UUID}([^"]+)"',
            lambda told: json.dumps(UUID + changed[told[1]]) if told[1] in changed else told[0],
            text,
        )
    if text and entry.kind and not entry.id and (entry.url or "").startswith(UUID):
        text = f'{{"id":{json.dumps(entry.url.removeprefix(UUID))},{text[1:]}'
    return entry._replace(text=text)


def _stage(con: Connection, kind: str, code_set: str, entries: list[Entry]) -> None:
    if entries:
        wanted = resource(kind, code_set)
        con.register("texts", tables.texts([(entry.number, entry.text) for entry in entries]))
        tables.create(con, wanted)
        tables.add(con, kind, wanted)
        tables.finish(con, wanted)
