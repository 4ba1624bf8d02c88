"""JSON files that only this site can have written: HMAC-SHA256 with a sub-key of its key."""

import hashlib
import hmac
import json
from pathlib import Path

from warehouse import durable
from warehouse.errors import ModelUnusable


def read(path: Path, key: bytes) -> dict:
    """The document, once its signature holds; `ModelUnusable` says which file to distrust."""
    where = f"{path.parent.name}/{path.name}"
    try:
        document = json.loads(path.read_bytes())
        signature = document.pop("signature")
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        raise ModelUnusable(f"{where} is missing or cannot be read") from None
    if not hmac.compare_digest(str(signature).encode(), _signature(document, key).encode()):
        raise ModelUnusable(f"{where} was not signed with this site's key, or was changed since")
    return document


def write(path: Path, document: dict, key: bytes) -> None:
    """Sign and write; a reader sees the old file or the new one, never a part."""
    sealed = document | {"signature": _signature(document, key)}
    text = json.dumps(sealed, indent=1, allow_nan=False) + "\n"
    durable.write(path, [text.encode()])


def _signature(document: dict, key: bytes) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
