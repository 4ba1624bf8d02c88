"""Files that are whole or not there, and outlive a power cut."""

import os
from collections.abc import Iterable
from pathlib import Path


def write(target: Path, chunks: Iterable[bytes]) -> Path:
    """All or nothing: to a side file that no reader takes for finished, then to its name.

    The file is its owner's alone.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    side = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(side, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        side.replace(target)
    except BaseException:
        side.unlink(missing_ok=True)
        raise
    sync(target.parent)
    return target


def sync(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
