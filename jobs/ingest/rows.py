"""Accepted rows into their tables, in the batch's transaction: new, new version or duplicate."""

from dataclasses import dataclass

import pandas as pd

from jobs.ingest.batch import Judged
from warehouse.errors import ContractBroken, Defect
from warehouse.keys import Keys
from warehouse.lake import Connection, sql
from warehouse.vocabulary import Source


@dataclass(frozen=True)
class Table:
    """What tells rows of a table apart (`key`), and what they say (`content`)."""

    name: str
    key: str
    content: tuple[str, ...]


TABLES = {
    "patient": Table("clinical.patient", "patient_id", ("sex", "birth_year", "death_time")),
    "encounter": Table(
        "clinical.encounter",
        "encounter_id",
        ("patient_id", "part_of", "class", "start_time", "end_time", "death_time", "is_retracted"),
    ),
    "location": Table(
        "clinical.location",
        "location_id",
        (
            *("patient_id", "encounter_id", "ward", "bed", "place_id", "kind"),
            *("start_time", "end_time", "is_retracted"),
        ),
    ),
    "observation": Table(
        "clinical.observation",
        "observation_id",
        (
            "patient_id",
            "time",
            "source_code",
            "source_value",
            "source_text",
            "source_unit",
        ),
    ),
    "treatment": Table(
        "clinical.treatment",
        "treatment_id",
        (
            *("patient_id", "source_code", "start_time", "end_time"),
            *("dose", "source_unit", "is_retracted"),
        ),
    ),
    "condition": Table(
        "clinical.condition",
        "condition_id",
        ("patient_id", "source_code", "time", "is_retracted"),
    ),
    "device": Table("clinical.device", "device_id", ("kind", "model", "firmware", "arrived")),
    "place": Table("clinical.place", "place_id", ("within_id", "name", "form", "kind")),
    "link": Table("clinical.link", "link_id", ("patient_id", "into_id", "is_linked")),
}


TOLD = ("patient_id", "device_id", "into_id", "concept", "time", "has_native_id")
"""What else is looked at before a row passes, where rows of a table have it."""


@dataclass(frozen=True)
class Added:
    """What a batch added to one table: how many rows, of how many unmapped codes, about whom."""

    into: str
    rows: int
    unmapped: int
    patients: list[int]
    devices: list[int]


def add(con: Connection, into: str, judged: Judged, source: Source, batch_no: int) -> Added:
    """Insert what is new. The same content again is a duplicate and is left out.

    Where a native id and its own `arrived` tell versions apart (`has_versions`), a row is the same
    only with the same `arrived`: known, changed, and changed back are three versions.
    What tells the rows apart is looked at first; the rows themselves then pass without being held.
    """
    table, found = TABLES[into], judged.columns(into)
    told = [column for column in TOLD if column in found]
    wanted = [row[0] for row in con.execute(f"DESCRIBE {table.name}").fetchall()]
    slim = ", ".join(["line", "part", "arrived", "has_versions", *told])
    content = f"{table.key} AS key, hash({', '.join(table.content)}) AS content"
    con.register("slim", judged.accepted(into, f"{slim}, {content}"))
    con.execute("CREATE OR REPLACE TEMP TABLE incoming AS FROM slim")
    con.unregister("slim")
    is_new = _keep_fresh(con, table, "patient_id" if "patient_id" in wanted else "NULL")
    columns = [column for column in wanted if column in found]
    own = {"batch_no": batch_no, "source": source.name, "site": source.site}
    own = {name: value for name, value in own.items() if name in wanted and name not in found}
    con.register("accepted", judged.accepted(into, ", ".join(["line", "part", *columns])))
    inserted = _insert(con, table, columns, own, is_new, "is_revised" in wanted)
    con.unregister("accepted")
    if into == "link":
        con.execute("DELETE FROM clinical.person")
        con.execute(f"INSERT INTO clinical.person BY NAME {sql('persons')}")
    added = _told(con, into, told)
    if added.rows != inserted:
        raise Defect(f"{added.rows} rows of {into} were to be added, and {inserted} were")
    return added


def _keep_fresh(con: Connection, table: Table, patient: str) -> bool:
    """Make `fresh`: what of `incoming` is not yet in the table nor earlier in this batch.

    Returns whether that is all of it, each row the first of its key.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE known AS SELECT {table.key} AS key, arrived, "
        f"CAST({patient} AS BIGINT) AS patient_id, hash({', '.join(table.content)}) AS content "
        f"FROM {table.name} WHERE {table.key} IN (SELECT key FROM incoming) {_pruned(con, table)}"
    )
    (is_new,) = con.execute(
        "SELECT count(*) = count(DISTINCT key) AND NOT EXISTS (FROM known) FROM incoming"
    ).fetchone()
    if is_new:
        con.execute("CREATE OR REPLACE TEMP VIEW fresh AS FROM incoming")
        return True
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE different AS
        WITH once AS (
            SELECT * FROM incoming
            QUALIFY row_number() OVER (
                PARTITION BY key, content, CASE WHEN has_versions THEN arrived END
                ORDER BY line, part
            ) = 1
        )
        SELECT
            f.*,
            EXISTS (SELECT * FROM known AS k WHERE k.key = f.key)
            OR row_number() OVER (PARTITION BY f.key ORDER BY line, part) > 1 AS is_revised
        FROM once AS f
        WHERE NOT EXISTS (
            SELECT * FROM known AS k WHERE k.key = f.key AND k.content = f.content
            AND (k.arrived = f.arrived OR NOT f.has_versions)
        )
        """
    )
    con.execute("CREATE OR REPLACE TEMP VIEW fresh AS FROM different")
    return False


def _insert(
    con: Connection, table: Table, columns: list[str], own: dict, is_new: bool, tells_revised: bool
) -> int:
    """The fresh ones of the rows in `accepted`, and beside them what the batch itself knows.

    Returns how many they were.
    """
    select = ", ".join([*columns, *(f"${name} AS {name}" for name in own)])
    if tells_revised:
        select += ", false AS is_revised" if is_new else ", is_revised"
    fresh = "" if is_new else "JOIN (SELECT line, part, is_revised FROM fresh) USING (line, part)"
    query = f"INSERT INTO {table.name} BY NAME SELECT {select} FROM accepted {fresh}"
    return con.execute(query, own).fetchone()[0]


def _told(con: Connection, into: str, columns: list[str]) -> Added:
    """Counts, and about whom: also those whom an earlier version was about."""
    unmapped = "count(*) FILTER (concept IS NULL)" if "concept" in columns else "0"
    rows, unmapped = con.execute(f"SELECT count(*), {unmapped} FROM fresh").fetchone()
    patients, devices, others = (
        [row[0] for row in con.execute(
            f"SELECT DISTINCT {column} FROM fresh WHERE {column} IS NOT NULL"
        ).fetchall()] if column in columns else []
        for column in ("patient_id", "device_id", "into_id")
    )  # fmt: skip
    before = con.execute(
        "SELECT DISTINCT patient_id FROM known WHERE patient_id IS NOT NULL "
        "AND key IN (SELECT key FROM fresh)"
    ).fetchall()
    about = {*patients, *others, *(patient for (patient,) in before)}
    return Added(into, rows, unmapped, sorted(about), devices)


def add_identities(con: Connection, found: pd.DataFrame, source: Source, batch_no: int, keys: Keys):
    """Keep who is who, as ciphertext. Two people under one pseudonym stop the batch, loudly."""
    if found.empty:
        return
    rows = pd.DataFrame(
        {
            "kind": found["kind"],
            "id": found["id"].astype("int64"),
            "source": source.domain,
            "native_id": _encrypted(found["native_id"], keys),
            "name": _encrypted(found["name"], keys),
            "batch_no": batch_no,
        }
    )
    con.register("named", rows)
    clash = con.execute(
        "SELECT count(*) FROM named AS n JOIN clinical.identity AS i USING (kind, id) "
        "WHERE n.native_id <> i.native_id"
    ).fetchone()
    if clash != (0,):
        raise ContractBroken("two native ids have the same pseudonym: tell the maintainers")
    con.execute(
        "INSERT INTO clinical.device (device_id, source, batch_no) SELECT id, ?, ? FROM named "
        "WHERE kind = 'device' AND id NOT IN (SELECT device_id FROM clinical.device)",
        [source.name, batch_no],
    )
    con.execute(
        "UPDATE clinical.identity AS i SET name = n.name FROM named AS n WHERE i.kind = n.kind "
        "AND i.id = n.id AND n.name IS NOT NULL AND n.name IS DISTINCT FROM i.name"
    )
    con.execute(
        "INSERT INTO clinical.identity BY NAME SELECT * FROM named AS n WHERE NOT EXISTS ("
        "SELECT * FROM clinical.identity AS i WHERE i.kind = n.kind AND i.id = n.id)"
    )


def _pruned(con: Connection, table: Table) -> str:
    """Ids made of content hold the time, so only files of these times need be looked through."""
    if table.name != "clinical.observation":
        return ""
    first, last, has_native_ids = con.execute(
        "SELECT min(time), max(time), bool_or(has_native_id) FROM incoming"
    ).fetchone()
    if first is None or has_native_ids:
        return ""
    return (
        f"AND time BETWEEN TIMESTAMPTZ '{first.isoformat()}' AND TIMESTAMPTZ '{last.isoformat()}'"
    )


def _encrypted(texts: pd.Series, keys: Keys) -> pd.Series:
    """Each text as ciphertext, each different text once; missing stays missing."""
    return texts.map({text: keys.encrypt(text) for text in texts.dropna().unique()}).astype(object)
