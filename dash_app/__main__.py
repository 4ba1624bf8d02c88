"""`python -m dash_app`: serve the pages until SIGTERM or Ctrl-C."""

import os
import sys

from warehouse import Settings

HOST = "127.0.0.1"
"""The pages ask nobody who they are yet: from elsewhere only through a proxy that does."""

THREADS = 8
GRACE_SECONDS = 5


def main() -> None:
    """Become gunicorn: one worker (the lake is opened once) with threads; signals go to it."""
    address = f"{HOST}:{Settings().dash_port}"
    options = {
        "--bind": address,
        "--workers": 1,
        "--threads": THREADS,
        "--graceful-timeout": GRACE_SECONDS,
        "--log-level": "warning",
    }
    arguments = [str(part) for option in options.items() for part in option]
    server = ["-m", "gunicorn", "--no-control-socket", *arguments, "dash_app.app:create_server()"]
    print(f"http://{address}", flush=True)
    os.execv(sys.executable, [sys.executable, *server])


if __name__ == "__main__":
    main()
