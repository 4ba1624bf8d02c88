"""The last truth: every landed file whole, encrypted, named by its content, with a sidecar.

A file is AES-256-GCM in chunks of 1 MiB; each chunk's number and whether it is the last are
authenticated, so that a cut or reordered file is refused.
"""

import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warehouse import durable
from warehouse.errors import NotSetUp
from warehouse.keys import Keys

CHUNK = 1 << 20
TAG = 16


class Archive:
    """The archive of one site: `<folder>/<first two>/<batch id>.file` and `.sidecar`."""

    def __init__(self, folder: Path, keys: Keys):
        self.folder = folder
        self._cipher = AESGCM(keys.sub_key("archive"))

    def store(self, batch_id: str, source: Path) -> None:
        """Keep the file; harmless where it is kept already."""
        target = self._path(batch_id, "file")
        if not target.exists():
            with source.open("rb") as plain:
                durable.write(target, self._encrypted(plain))

    def note(self, batch_id: str, sidecar: dict) -> None:
        """Keep what is known of the file (source, name, landed, batch number, ...)."""
        cipher_text = self._seal(os.urandom(8), 0, True, json.dumps(sidecar).encode())
        durable.write(self._path(batch_id, "sidecar"), [cipher_text])

    def sidecars(self) -> list[dict]:
        """Every sidecar, in the order of batch numbers; each names its `batch_id`."""
        found = [self.sidecar(path.stem) for path in self.folder.glob("*/*.sidecar")]
        return sorted(found, key=lambda sidecar: (sidecar["batch_no"], sidecar["landed"]))

    def sidecar(self, batch_id: str) -> dict:
        """What was noted of one file."""
        path = self._path(batch_id, "sidecar")
        data = path.read_bytes()
        return json.loads(self._open(data[:8], 0, True, data[8:], path))

    def restore(self, batch_id: str, target: Path) -> None:
        """Write the file as it landed."""
        path = self._path(batch_id, "file")
        if not path.exists():
            raise NotSetUp(f"the archive has no file for batch {batch_id}")
        durable.write(target, self._decrypted(path))

    def _path(self, batch_id: str, kind: str) -> Path:
        return self.folder / batch_id[:2] / f"{batch_id}.{kind}"

    def _encrypted(self, plain) -> Iterator[bytes]:
        prefix, number, chunk = os.urandom(8), 0, plain.read(CHUNK)
        while True:
            following = plain.read(CHUNK)
            sealed = self._seal(prefix, number, not following, chunk)
            yield sealed if number == 0 else sealed[8:]
            if not following:
                return
            number, chunk = number + 1, following

    def _decrypted(self, path: Path) -> Iterator[bytes]:
        with path.open("rb") as file:
            prefix, number, chunk = file.read(8), 0, file.read(CHUNK + TAG)
            while True:
                following = file.read(CHUNK + TAG)
                yield self._open(prefix, number, not following, chunk, path)
                if not following:
                    return
                number, chunk = number + 1, following

    def _seal(self, prefix: bytes, number: int, is_last: bool, chunk: bytes) -> bytes:
        nonce = prefix + struct.pack(">I", number)
        return prefix + self._cipher.encrypt(nonce, chunk, b"last" if is_last else b"more")

    def _open(self, prefix: bytes, number: int, is_last: bool, chunk: bytes, path: Path) -> bytes:
        nonce = prefix + struct.pack(">I", number)
        try:
            return self._cipher.decrypt(nonce, chunk, b"last" if is_last else b"more")
        except (InvalidTag, ValueError):
            raise NotSetUp(
                f"{path.name} in the archive is damaged, or the key is not the one it was "
                "written with: restore it from the backup"
            ) from None
