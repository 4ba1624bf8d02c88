"""What a Compose or Kubernetes installation keeps secret, a file each; made once, never shown."""

import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

DATABASE_HOST = "postgres"


def make(folder: Path) -> list[str]:
    """Write the secrets that are not there yet. Returns the names of all.

    The folder is its owner's alone; its files can be read by the containers' own users, into whom
    Compose mounts each by itself.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    password = _once(folder / "postgres_password", secrets.token_urlsafe(24))
    server = f"wardtwin:{password}@{DATABASE_HOST}"
    _once(folder / "airflow_database", f"postgresql+psycopg://{server}/airflow")
    _once(folder / "catalog", f"postgresql://{server}/wardtwin")
    _once(
        folder / "airflow_fernet_key",
        urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    )
    _once(folder / "airflow_jwt_secret", secrets.token_urlsafe(48))
    _once(folder / "airflow_secret_key", secrets.token_urlsafe(48))
    return sorted(path.name for path in folder.iterdir())


def _once(path: Path, text: str) -> str:
    """Write a file unless it is there; return what it holds."""
    if not path.exists():
        path.write_text(text)
        path.chmod(0o644)
    return path.read_text()
