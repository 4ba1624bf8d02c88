"""Files that are whole or not there, and outlive a power cut."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import WardtwinError


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


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def folder(target: Path) -> Iterator[Path]:
    """The same for a folder: what is put into the one given stands at `target` in the end.

    `WardtwinError` if the target holds anything already.
    """
    target = target.absolute()
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise WardtwinError(f"{target} is not an empty folder: name one that is, or a new one")
    side = target.with_name(f".{target.name}.{os.getpid()}.part")
    shutil.rmtree(side, ignore_errors=True)
    side.mkdir(parents=True, mode=0o700)
    try:
        yield side
        for path in (*side.rglob("*"), side):
            sync(path)
        side.replace(target)
    except BaseException:
        shutil.rmtree(side)
        raise
    sync(target.parent)
