"""The lake: connect, read at a snapshot, write in one transaction. Nothing else knows how data lie.

A DuckLake: tables as encrypted Parquet files, their catalog in SQLite (embedded) or PostgreSQL.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit
from uuid import uuid4

import duckdb
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection as Connection
from duckdb import Error as DuckDBError
from duckdb import OutOfMemoryException as OutOfMemoryError
from duckdb_extensions import import_extension

from warehouse import schema
from warehouse.errors import NotSetUp, StoreUnavailable
from warehouse.keys import Keys
from warehouse.locks import advisory_lock, file_lock
from warehouse.settings import Settings

__all__ = [
    "Connection",
    "DuckDBError",
    "Lake",
    "OutOfMemoryError",
    "frame",
    "frames",
    "insert",
    "let_spill",
    "prepare_sqlite",
    "quote",
    "scratch",
    "sql",
]

EXTENSIONS = ("ducklake", "httpfs")


class Lake:
    """One lake, as `Settings` name it. Open it once per process; it may be used from threads."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.keys = Keys.load(settings.keys)
        self._con = scratch(settings.threads, settings.memory, settings.spill)
        scanner = "sqlite_scanner" if _sqlite_path(settings.catalog_uri) else "postgres_scanner"
        for extension in (*EXTENSIONS, scanner):
            _install(extension)
            self._con.execute(f"LOAD {extension}")
        self._attach("lake")

    @classmethod
    def from_env(cls) -> "Lake":
        return cls.open(Settings())

    @classmethod
    def open(cls, settings: Settings) -> "Lake":
        """Open an existing lake; `NotSetUp` says what is missing, and what to run."""
        sqlite_path = _sqlite_path(settings.catalog_uri)
        if sqlite_path and not sqlite_path.exists():
            raise NotSetUp(f"no lake at {sqlite_path}: run `wardtwin init`")
        lake = cls(settings)
        lake.check_schema_version()
        return lake

    @classmethod
    def create(cls, settings: Settings) -> "Lake":
        """Make the key, the catalog and every table that is not there yet."""
        settings.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        Keys.make(settings.keys)
        if "://" not in settings.data_path:
            Path(settings.data_path).mkdir(parents=True, exist_ok=True, mode=0o700)
        if sqlite_path := _sqlite_path(settings.catalog_uri):
            prepare_sqlite(sqlite_path)
        lake = cls(settings)
        lake._make_tables()
        lake.check_schema_version()
        return lake

    def _make_tables(self) -> None:
        """A table is given a row and loses it again before the lake has a version to be opened by.

        Of a table that never held a row, DuckLake 1.5.5 asks the catalog anew for every column of
        every query's plan (duckdb/ducklake#1313): 5 ms each.
        """
        is_new = "SELECT coalesce(max(version), 0) = 0 FROM ops.schema_version"
        with self.write("create tables") as con:
            for statement in schema.statements():
                con.execute(statement)
            if con.execute(is_new).fetchone()[0]:
                for table in schema.all_tables():
                    con.execute(f"INSERT INTO {table} VALUES ({_any_values(con, table)})")
        with self.write("empty tables") as con:
            if con.execute(is_new).fetchone()[0]:
                for table in schema.all_tables():
                    con.execute(f"DELETE FROM {table}")
                con.execute("INSERT INTO ops.schema_version VALUES (?)", [schema.VERSION])

    def check_schema_version(self) -> None:
        with self.read() as con:
            try:
                found = con.execute("SELECT max(version) FROM ops.schema_version").fetchone()[0]
            except duckdb.CatalogException:
                found = None
        if not found:
            raise NotSetUp("the catalog holds no Wardtwin tables: run `wardtwin init`")
        if found != schema.VERSION:
            raise NotSetUp(
                f"the lake has schema version {found}, this code wants {schema.VERSION}: "
                "run `wardtwin rebuild --from-archive`"
            )

    def snapshot(self) -> int:
        """The number of the newest committed snapshot."""
        with self._cursor("lake") as con:
            return con.execute("SELECT id FROM ducklake_current_snapshot('lake')").fetchone()[0]

    @contextmanager
    def read(self, snapshot: int | None = None) -> Iterator[Connection]:
        """A connection that sees one snapshot throughout: the newest, or the one given."""
        if snapshot is None:
            with self._cursor("lake") as con:
                con.execute("BEGIN TRANSACTION READ ONLY")
                con.execute("SELECT id FROM ducklake_current_snapshot('lake')").fetchone()
                try:
                    yield con
                finally:
                    con.execute("ROLLBACK")
        else:
            alias = f"lake_at_{int(snapshot)}"
            self._attach(alias, snapshot)
            with self._cursor(alias) as con:
                yield con

    @contextmanager
    def write(self, purpose: str) -> Iterator[Connection]:
        """One transaction, all or nothing, one writer at a time. What it depends on, read in it.

        `purpose` is what others are told while they wait for their turn.
        """
        with self._turn(purpose), self._cursor("lake") as con:
            con.execute("BEGIN TRANSACTION")
            try:
                yield con
            except BaseException:
                con.execute("ROLLBACK")
                raise
            con.execute("COMMIT")

    def _turn(self, purpose: str):
        uri, timeout = self.settings.catalog_uri, self.settings.lock_timeout
        if path := _sqlite_path(uri):
            return file_lock(path.with_suffix(".lock"), purpose, timeout)
        return advisory_lock(uri, purpose, timeout)

    @contextmanager
    def _cursor(self, database: str) -> Iterator[Connection]:
        con = self._con.cursor()
        try:
            con.execute(f"USE {database}")
            con.execute("SET TimeZone = 'UTC'")
            yield con
        finally:
            con.close()

    def _attach(self, alias: str, snapshot: int | None = None) -> None:
        """Attach the lake under `alias`; the address comes from settings, the number is an int."""
        uri = self.settings.catalog_uri
        options = ["META_BUSY_TIMEOUT 10000"] if _sqlite_path(uri) else []
        if snapshot is None:
            options += [f"DATA_PATH {quote(self.settings.data_path)}"]
            options += ["ENCRYPTED", "DATA_INLINING_ROW_LIMIT 0"]
        else:
            options += [f"SNAPSHOT_VERSION {int(snapshot)}"]
        target = quote("ducklake:" + uri.replace("postgresql://", "postgres:postgresql://", 1))
        try:
            self._con.execute(f"ATTACH IF NOT EXISTS {target} AS {alias} ({', '.join(options)})")
        except duckdb.Error as error:
            raise StoreUnavailable(
                f"the catalog cannot be opened ({type(error).__name__}): "
                "check WARDTWIN_CATALOG, and that its server runs"
            ) from None


def scratch(threads: int = 2, memory: str = "4GB", spill: Path | None = None) -> Connection:
    """A DuckDB connection in memory, for parsing and for sums; extensions are never downloaded.

    `spill` is the folder for what memory cannot hold (see `let_spill`); each connection has its
    own below it, for each has its own key.
    """
    if spill:
        spill.mkdir(parents=True, exist_ok=True, mode=0o700)
    con = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "temp_file_encryption": True,
            "temp_directory": str(spill / uuid4().hex) if spill else "",
        }
    )
    con.execute("SET TimeZone = 'UTC'")
    return con


def let_spill(con: Connection) -> None:
    """Let a scratch connection keep on disk, as ciphertext, what its memory cannot hold.

    The cipher is httpfs's and takes 0.1 s to load: not worth it for small files, which never spill.
    """
    _install("httpfs")
    con.execute("LOAD httpfs")


def sql(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


def frame(con: Connection, query: str, params: list | Mapping | None = None) -> pd.DataFrame:
    """The rows of a query as a frame: times aware (UTC, microseconds), text as `str`.

    Whole numbers stay whole: a column with NULLs becomes `Int64`, never float (ids have 63 bits).
    """
    return _to_pandas(con.execute(query, params).to_arrow_table())


def frames(
    con: Connection, query: str, params: list | Mapping | None = None, rows: int = 100_000
) -> Iterator[pd.DataFrame]:
    """The same in frames of at most so many rows, read as they are asked for."""
    for batch in con.execute(query, params).to_arrow_reader(rows):
        if batch.num_rows:
            yield _to_pandas(pa.Table.from_batches([batch]))


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    found = table.to_pandas(types_mapper=_pandas_types.get)
    for name in table.column_names:
        if pa.types.is_integer(table[name].type) and table[name].null_count:
            found[name] = table[name].to_pandas(types_mapper=_nullable_types.get)
    return found


_pandas_types = {pa.string(): pd.StringDtype(na_value=float("nan"))}
_nullable_types = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


def insert(con: Connection, table: str, rows: pd.DataFrame | pa.Table) -> None:
    """Add rows to a table, column by name; NaN becomes NULL."""
    if isinstance(rows, pd.DataFrame):
        rows = pa.Table.from_pandas(rows, preserve_index=False)
    con.register("rows_to_insert", rows)
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows_to_insert")
    con.unregister("rows_to_insert")


def quote(text: str) -> str:
    """A text as an SQL literal, for the few statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _any_values(con: Connection, table: str) -> str:
    """A value for each column of a table, whatever its type."""
    kinds = [row[1] for row in con.execute(f"DESCRIBE {table}").fetchall()]
    return ", ".join(_any_value(kind) for kind in kinds)


def _any_value(kind: str) -> str:
    if kind.endswith("[]"):
        return "[]"
    return "'1970-01-01'" if kind.startswith(("TIME", "DATE")) else "'0'"


def _install(extension: str) -> None:
    """Unpack the signed extension from its Python package; nothing is downloaded."""
    with _installing:
        _unpack(extension)


_installing = Lock()
"""Two threads that open a lake at once must not unpack the same file."""


@cache
def _unpack(extension: str) -> None:
    import_extension(extension)


def _sqlite_path(uri: str) -> Path | None:
    return Path(uri.removeprefix("sqlite:")) if uri.startswith("sqlite:") else None


def prepare_sqlite(path: Path) -> None:
    """Write-ahead logging, set once; without it readers and writers lock each other out."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    con = sqlite3.connect(path)
    con.execute("PRAGMA journal_mode = WAL")
    con.close()
    path.chmod(0o600)


def describe(uri: str) -> str:
    """The catalog's address without its password, for people."""
    if _sqlite_path(uri):
        return uri
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.hostname or 'local socket'}{parts.path}"
