"""The real pages, served as a process of their own and looked at by a real Chromium."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM, ROOT

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def served(var: Path, **settings) -> Iterator[str]:
    """`python -m dash_app` on a free port; its address. Ended by SIGTERM, cleanly."""
    port = _free_port()
    names = {"var": var, "dash_port": port} | settings
    environment = {f"WARDTWIN_{name.upper()}": str(value) for name, value in names.items()}
    server = subprocess.Popen(
        [sys.executable, "-m", "dash_app"], cwd=ROOT, env=os.environ | environment
    )
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answering(url: str) -> str:
    for _ in range(300):
        try:
            with urlopen(f"{url}/healthz", timeout=5):
                return url
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("the pages did not start")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, **about) -> Iterator[Page]:
    """A window of its own; whatever goes wrong in it, or leaves the machine, is an error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **about)
    page, faults = context.new_page(), []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: faults.append(asked.url) if _is_outside(asked.url) else None)
    yield page
    context.close()
    assert not faults, faults


def _is_outside(url: str) -> bool:
    return not re.match(r"(http://127\.0\.0\.1:|data:|blob:)", url)
