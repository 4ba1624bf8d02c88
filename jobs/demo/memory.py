"""How much memory the demo takes at most: proportional set sizes, summed over its processes."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

SECONDS_BETWEEN_SAMPLES = 2.0


class PeakMemory:
    """Samples in the background while in the block; `mb` is the greatest sum seen."""

    def __init__(self, pids: Callable[[], list[int]]):
        self.mb = 0.0
        self._pids = pids
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_SAMPLES):
            total = sum(map(proportional_mb, [os.getpid(), *self._pids()]))
            self.mb = max(self.mb, total)


def proportional_mb(pid: int) -> float:
    """Resident memory in MB, pages shared by n processes counted as 1/n; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
