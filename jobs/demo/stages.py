"""What the demo tells while it works, and how long each stage took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime


class Stages:
    """Names the stages on stderr as they begin and end; `seconds` holds their times."""

    def __init__(self, clock: Callable[[], datetime]):
        self.seconds: dict[str, float] = {}
        self._clock = clock

    @contextmanager
    def stage(self, name: str, doing: str) -> Iterator[None]:
        self.say(f"{name}: {doing}")
        begin = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - begin, 1)
        self.say(f"{name}: done in {self.seconds[name]:.0f} s")

    def say(self, text: str) -> None:
        print(f"{self._clock():%H:%M:%S}  {text}", file=sys.stderr, flush=True)
