"""Rows in one voice: pseudonymous ids, mapped codes, converted units, aware times.

What the source's words mean is data: source_codes.csv, source_values.csv, units.csv.
"""

from datetime import datetime, timedelta

import pandas as pd

from jobs.ingest.staging import COLUMNS
from warehouse import vocabulary
from warehouse.keys import Keys
from warehouse.lake import Connection, frame, sql
from warehouse.vocabulary import File, Source

ID_KINDS = {
    "patient": "patient",
    "into_patient": "patient",
    "encounter": "encounter",
    "part_of": "encounter",
    "device": "device",
    "place": "place",
    "within": "place",
}
"""Staged column of a native id -> the kind of thing that it names."""

VOCABULARY = ("source_codes", "source_locations", "concepts", "units", "source_values")


def prepare(con: Connection) -> None:
    """Lay the vocabulary and the macros into a scratch connection."""
    con.execute(sql("macros"))
    numbers = {"units": ["factor", "offset"], "source_values": ["value"]}
    numbers["concepts"] = ["plausible_low", "plausible_high", "usual_low", "usual_high"]
    for name in VOCABULARY:
        columns = numbers.get(name, [])
        table = vocabulary.table(name)
        con.register(name, table.assign(**{c: pd.to_numeric(table[c]) for c in columns}))


def identities(con: Connection, into: str, source: Source, keys: Keys) -> pd.DataFrame:
    """Every native id that the staged rows name: kind, native_id, id, name (patients')."""
    columns = [column for column in ID_KINDS if column in COLUMNS[into]]
    found = [_identities(con, into, column, source, keys) for column in columns]
    return pd.concat(found).drop_duplicates(["kind", "native_id"], ignore_index=True)


def _identities(con: Connection, into: str, column: str, source: Source, keys: Keys):
    kind = ID_KINDS[column]
    name = "max(name)" if (into, column) == ("patient", "patient") else "NULL"
    found = frame(
        con,
        f"SELECT {column} AS native_id, CAST({name} AS VARCHAR) AS name FROM staged_{into} "
        f"WHERE {column} IS NOT NULL GROUP BY ALL ORDER BY ALL",
    )
    ids = [keys.identifier(kind, source.domain, native) for native in found["native_id"]]
    return found.assign(kind=kind, id=pd.array(ids, dtype="int64"))


def type_rows(
    con: Connection, into: str, source: Source, file: File, landed: datetime,
    identities: pd.DataFrame, places: pd.DataFrame | None,
) -> None:  # fmt: skip
    """Make `typed_<into>` of the staged rows, by `sql/typed_<into>.sql`: ready for the gate.

    `places` (device sources): key, patient_id, encounter_id, start_time, end_time of every
    patient's bed, and known patients; rows that name nobody known get `is_place_known` false.
    """
    _with_ids(con, into, identities)
    if into == "observation":
        _place(con, source, places)
        con.execute(
            f"CREATE OR REPLACE TABLE meanings AS {sql('meanings')}", {"codes": source.codes}
        )
    query = sql(f"typed_{into}")
    parameters = {
        "zone": source.zone,
        "landed": landed,
        "domain": source.domain,
        "source": source.name,
        "codes": source.codes,
        "is_live": source.is_live,
        "lag": timedelta(minutes=source.lag_minutes),
        "tolerance": timedelta(minutes=source.future_minutes),
        "has_lost_keys": file.has_lost_keys,
    }
    used = {name: value for name, value in parameters.items() if f"${name}" in query}
    if into != "observation":
        con.execute(f"CREATE OR REPLACE TABLE typed_{into} AS {query}", used)
        return
    con.execute(f"CREATE OR REPLACE TABLE converted_observation AS {query}", used)
    for name in ("contradictions", "mislabelled"):
        con.execute(f"CREATE OR REPLACE TABLE {name} AS {sql(name)}")
    con.execute(f"CREATE OR REPLACE VIEW typed_observation AS {sql('judged_observation')}")


def _with_ids(con: Connection, into: str, identities: pd.DataFrame) -> None:
    """The view `stage`: the staged rows with the pseudonyms of the ids that they name."""
    con.register("found", identities.astype({"native_id": object, "name": object}))
    con.execute("CREATE OR REPLACE TABLE identities AS SELECT kind, native_id, id FROM found")
    con.unregister("found")
    columns = [column for column in ID_KINDS if column in COLUMNS[into]]
    ids = ", ".join(f"i_{column}.id AS {column}_id" for column in columns)
    joins = " ".join(
        f"LEFT JOIN identities AS i_{column} ON i_{column}.kind = '{ID_KINDS[column]}' "
        f"AND i_{column}.native_id = s.{column}"
        for column in columns
    )
    con.execute(
        f"CREATE OR REPLACE VIEW stage AS SELECT s.*, {ids} FROM staged_{into} AS s {joins}"
    )


def _place(con: Connection, source: Source, places: pd.DataFrame | None) -> None:
    """Device rows: whose bed was it then? Other rows name their patient themselves."""
    if not source.is_device:
        con.execute(
            "CREATE OR REPLACE VIEW placed_stage AS SELECT *, true AS is_place_known FROM stage"
        )
        return
    con.register("places", places)
    con.execute(
        """
        CREATE OR REPLACE TABLE placed_stage AS
        WITH placed AS (
            SELECT
                r.* EXCLUDE (patient_id, encounter_id),
                coalesce(r.patient_id, p.patient_id) AS patient_id,
                coalesce(r.encounter_id, p.encounter_id) AS encounter_id
            FROM stage AS r
            LEFT JOIN places AS p
                ON r.patient_id IS NULL AND p.key = r.bed
                AND p.start_time <= instant(r.time, $zone)
                AND (p.end_time IS NULL OR instant(r.time, $zone) < p.end_time)
            QUALIFY row_number() OVER (
                PARTITION BY r.line, r.part ORDER BY p.start_time DESC, p.patient_id) = 1
        )
        SELECT
            *, patient_id IS NOT NULL AND patient_id IN (SELECT patient_id FROM places)
                AS is_place_known
        FROM placed
        """,
        {"zone": source.zone},
    )
