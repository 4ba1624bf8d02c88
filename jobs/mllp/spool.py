"""Messages safe on disk: appended to a spool, which becomes a landed file every few seconds.

`<landing>/<source>/.mllp-spool` holds framed messages; each append is one fsync. `.mllp-seen` holds
the SHA-256 of each message that has left the spool, the newest `WINDOW` of them at least.
Killed anywhere: what was appended is found again at the next start, and what was torn had not been
acknowledged.
"""

import fcntl
import hashlib
import os
from io import FileIO
from pathlib import Path

from warehouse import durable
from warehouse.errors import NotSetUp

VT, FS, CR = b"\x0b", b"\x1c", b"\r"

DIGEST = 32
"""Bytes of a SHA-256."""

WINDOW = 200_000
"""Messages whose repetition is recognised: days of a busy ward's feed, 6 MB."""


class Spool:
    """One per source; a second one, in whatever process, is refused while this is open."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._lock = _only(folder / ".mllp-lock")
        self._seen_path = folder / ".mllp-seen"
        self._path = folder / ".mllp-spool"
        self._seen = dict.fromkeys(_digests(self._seen_path))
        self._recover()

    @property
    def size(self) -> int:
        """Bytes that wait to be landed."""
        return self._end

    def has(self, message: bytes) -> bool:
        """Whether exactly this message has been stored before."""
        return digest(message) in self._seen

    def append(self, messages: list[bytes]) -> None:
        """Store them; when this returns they outlive a power cut. Raises `OSError`: none is."""
        self._cut_what_is_torn()
        rest = memoryview(b"".join(VT + message + FS + CR for message in messages))
        length = len(rest)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._cut_what_is_torn()
            raise
        self._end += length
        self._remember(messages)

    def land(self, name: str) -> Path | None:
        """Give what is spooled to landing under this name; None where there is nothing.

        Raises `OSError`: nothing is landed, and all is as before, unless the disk fails between the
        two renamings: then the spool is closed, for what would be appended might not be found.
        """
        if not self._spooled:
            return None
        self._cut_what_is_torn()
        following_path = self._path.with_name(".mllp-spool.next")
        following = _opened(following_path)
        _cut_to_digests(self._seen_path)
        with self._seen_path.open("ab") as seen:
            seen.write(b"".join(self._spooled))
            seen.flush()
            os.fsync(seen.fileno())
        target = self.folder / name
        self._path.rename(target)
        self._file.close()
        following_path.rename(self._path)
        durable.sync(self.folder)
        self._file = following
        self._spooled, self._end = [], 0
        self._forget_the_oldest()
        return target

    def close(self) -> None:
        self._file.close()
        os.close(self._lock)

    def _recover(self) -> None:
        """Take up what was left: whole messages stay, a torn last one goes."""
        left = self._path.read_bytes() if self._path.exists() else b""
        whole = left[: left.rfind(FS + CR) + 2] if FS + CR in left else b""
        self._file = _opened(self._path)
        durable.sync(self.folder)
        self._spooled, self._end = [], len(whole)
        self._cut_what_is_torn()
        self._remember([frame.removeprefix(VT) for frame in whole.split(FS + CR)[:-1]])

    def _cut_what_is_torn(self) -> None:
        """Leave only what was stored, so that nothing torn is ever followed by more, nor landed."""
        handle = self._file.fileno()
        if os.fstat(handle).st_size != self._end:
            os.ftruncate(handle, self._end)
            os.fsync(handle)

    def _remember(self, messages: list[bytes]) -> None:
        digests = [digest(message) for message in messages]
        self._spooled += digests
        self._seen |= dict.fromkeys(digests)

    def _forget_the_oldest(self) -> None:
        if len(self._seen) > 2 * WINDOW:
            self._seen = dict.fromkeys(list(self._seen)[-WINDOW:])
            durable.write(self._seen_path, self._seen)


def digest(message: bytes) -> bytes:
    """What tells messages apart: sender, message id and all the rest of it."""
    return hashlib.sha256(message).digest()


def _opened(path: Path) -> FileIO:
    """For nobody else's eyes, to be appended to."""
    file = path.open("ab", buffering=0)
    path.chmod(0o600)
    return file


def _digests(path: Path) -> list[bytes]:
    """The whole digests of the file."""
    _cut_to_digests(path)
    held = path.read_bytes() if path.exists() else b""
    return [held[place : place + DIGEST] for place in range(0, len(held), DIGEST)]


def _cut_to_digests(path: Path) -> None:
    """A torn last one goes, for more will be appended: a full disk or a power cut leaves it."""
    if path.exists():
        os.truncate(path, path.stat().st_size // DIGEST * DIGEST)


def _only(path: Path) -> int:
    """Hold a lock that ends with the process."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise NotSetUp(
            f"another listener stores messages in {path.parent}: stop it, or give another source"
        ) from None
    return lock
