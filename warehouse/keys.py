"""The site's key: pseudonymous ids, encrypted columns, encrypted archive.

One secret of 32 bytes, made by `wardtwin init`; a sub-key for each use by HKDF-SHA256.
"""

import base64
import hashlib
import hmac
import os
import re
import stat
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from warehouse.errors import NotSetUp

NONCE_BYTES = 12

VEILED = "veiled:"

LIKE_A_CODE = re.compile(
    r"(?![0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[A-Z0-9_.^-]{1,40}|(?=.*[/%°\[\]{}*])[\w./%°\[\]{}*^ -]{1,16}|[A-Za-zµ]{1,5})"
)
"""Capitals and digits (220045, 8867-4, MDC_RESP_RATE), or a short unit (mg/dL, mm[Hg], bpm).

No date such as 1985-04-12: it may be somebody's birthday.
"""


class Keys:
    """The sub-keys of one site."""

    def __init__(self, secret: bytes):
        self._secret = secret

    @classmethod
    def load(cls, path: Path) -> "Keys":
        if not path.exists():
            raise NotSetUp(f"no key file at {path}: run `wardtwin init`, or restore the key")
        secret = path.read_bytes()
        if len(secret) != 32:
            raise NotSetUp(f"the key file {path} holds {len(secret)} bytes, not 32: restore it")
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise NotSetUp(f"the key file {path} can be read by others: run `chmod 600` on it")
        return cls(secret)

    @classmethod
    def make(cls, path: Path) -> "Keys":
        """Write a new key (mode 0600) unless there is one."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
                f.write(os.urandom(32))
        return cls.load(path)

    def sub_key(self, use: str) -> bytes:
        return HKDF(hashes.SHA256(), length=32, salt=None, info=use.encode()).derive(self._secret)

    @cached_property
    def _identifiers(self) -> bytes:
        return self.sub_key("identifier")

    @cached_property
    def _columns(self) -> tuple[AESGCM, bytes]:
        return AESGCM(self.sub_key("column")), self.sub_key("column-nonce")

    def identifier(self, kind: str, source: str, native_id: str) -> int:
        """A 63-bit pseudonym: the same after every rebuild, and not to be undone without the key.

        >>> Keys(bytes(32)).identifier("patient", "mimic-iv", "1") < 2**63
        True
        """
        message = f"{kind}\x1f{source}\x1f{native_id}".encode()
        digest = hmac.new(self._identifiers, message, hashlib.sha256).digest()
        return int.from_bytes(digest[:8], "big") >> 1

    def encrypt(self, text: str | None) -> bytes | None:
        """AES-GCM; the nonce is derived from the text, so that a rebuild gives equal bytes."""
        if text is None:
            return None
        cipher, nonce_key = self._columns
        plain = text.encode()
        nonce = hmac.new(nonce_key, plain, hashlib.sha256).digest()[:NONCE_BYTES]
        return nonce + cipher.encrypt(nonce, plain, None)

    def veil(self, text: str) -> str:
        """A code or unit as it stands; any other text as ciphertext, which is text too.

        The catalog keeps the extremes of text columns in clear, and people write names anywhere.
        """
        if LIKE_A_CODE.fullmatch(text):
            return text
        return VEILED + base64.b64encode(self.encrypt(text)).decode()

    def unveil(self, text: str) -> str:
        """What `veil` was given."""
        if not text.startswith(VEILED):
            return text
        return self.decrypt(base64.b64decode(text.removeprefix(VEILED)))

    def decrypt(self, data: bytes | None) -> str | None:
        if data is None:
            return None
        cipher, _ = self._columns
        try:
            return cipher.decrypt(
                bytes(data[:NONCE_BYTES]), bytes(data[NONCE_BYTES:]), None
            ).decode()
        except InvalidTag:
            raise NotSetUp("the key file is not the one this lake was written with") from None
