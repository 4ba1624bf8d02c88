"""The live ward: the simulated hospital writes what has happened since it last wrote."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jobs.demo import site
from jobs.demo.site import World
from jobs.simulate import live
from warehouse.errors import WardtwinError

SECONDS_BETWEEN_FILES = 15.0


class LiveWard:
    """Writes into landing in the background while in the block; `opened` is when it began.

    It goes on from what was written last, so that there is no gap.
    """

    def __init__(self, var: Path, world: World, clock: Callable[[], datetime]):
        self.opened = clock()
        self._var, self._world, self._clock = var, world, clock
        self._failure: Exception | None = None
        self._written = threading.Semaphore(0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, name="live-ward", daemon=True)

    def __enter__(self) -> "LiveWard":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()

    def wait_for(self, times: int) -> None:
        """Wait until it has written so many times."""
        for _ in range(times):
            self.raise_failure()
            self._written.acquire(timeout=3 * SECONDS_BETWEEN_FILES)
        self.raise_failure()

    def raise_failure(self) -> None:
        """Tell whoever asks that the background thread has ended, and why."""
        if self._failure:
            raise WardtwinError(f"the live ward stopped writing: {self._failure!r}")

    def _write(self) -> None:
        try:
            while not self._over.wait(SECONDS_BETWEEN_FILES):
                self._write_once(self._clock())
                self._written.release()
        except Exception as failure:  # kept for the thread that asks
            self._failure = failure

    def _write_once(self, to: datetime) -> None:
        since = site.written_until(self._var)
        live.write_live(self._var / "landing", **self._world.parameters(), since=since, to=to)
        site.remember(self._var, site.SYNTHETIC, self._world, to)
