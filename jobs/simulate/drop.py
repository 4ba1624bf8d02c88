"""Files into landing, as a careful sender does it: under another name until they are whole."""

import gzip
import io
from collections.abc import Iterable
from pathlib import Path

import pandas as pd


def lines(path: Path, content: Iterable[bytes]) -> None:
    """NDJSON: one resource per line; gzip where the name ends in .gz."""
    put(path, b"".join(line + b"\n" for line in content))


def csv(path: Path, rows: pd.DataFrame) -> None:
    put(path, rows.to_csv(index=False, lineterminator="\n").encode())


def parquet(path: Path, rows: pd.DataFrame) -> None:
    buffer = io.BytesIO()
    rows.to_parquet(buffer, index=False)
    put(path, buffer.getvalue())


def put(path: Path, content: bytes) -> None:
    """Write `<name>.part`, then rename. The same content gives the same bytes: gzip has no time."""
    if path.suffix == ".gz":
        content = gzip.compress(content, compresslevel=5, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.rename(path)
