"""One writer at a time. The system (or PostgreSQL) frees the lock when its holder dies."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from warehouse.errors import StoreUnavailable

ADVISORY_LOCK = 0x57415244_5457494E  # "WARDTWIN"


@contextmanager
def file_lock(path: Path, purpose: str, timeout: float) -> Iterator[None]:
    """Hold the OS lock on `path`; the file names the holder for those who wait."""
    with path.open("a+") as file:
        _wait_for(file, timeout)
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "purpose": purpose}))
        file.flush()
        yield
        file.truncate(0)


def _wait_for(file, timeout: float) -> None:
    give_up = time.monotonic() + timeout
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up:
                file.seek(0)
                raise StoreUnavailable(_busy(timeout, file.read())) from None
            time.sleep(0.01)


@contextmanager
def advisory_lock(uri: str, purpose: str, timeout: float) -> Iterator[None]:
    """Hold PostgreSQL's advisory lock; the session's application name tells who holds it."""
    holder = json.dumps({"pid": os.getpid(), "purpose": purpose})[:63]
    try:
        with psycopg.connect(uri, autocommit=True, application_name=holder) as con:
            con.execute(
                "SELECT set_config('lock_timeout', %s, false)",
                [f"{int(timeout * 1000)}ms"],
            )
            try:
                con.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            except psycopg.errors.LockNotAvailable:
                raise StoreUnavailable(_busy(timeout, _advisory_holder(con))) from None
            yield
    except psycopg.OperationalError as error:
        raise StoreUnavailable(
            f"the catalog's PostgreSQL does not answer ({type(error).__name__}): "
            "check WARDTWIN_CATALOG, and that the server runs"
        ) from None


def _advisory_holder(con: psycopg.Connection) -> str:
    row = con.execute(
        "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %s AND l.objid = %s",
        [ADVISORY_LOCK >> 32, ADVISORY_LOCK & 0xFFFFFFFF],
    ).fetchone()
    return row[0] if row else ""


def _busy(timeout: float, holder: str) -> str:
    try:
        named = json.loads(holder)
        who = f"process {named['pid']} ({named['purpose']})"
    except ValueError:
        who = holder or "an unknown process"
    return f"waited {timeout:g} s for the lake's write lock, held by {who}: end it or wait"
