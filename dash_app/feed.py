"""The lake as the pages see it: opened once it is there, asked once per snapshot for everyone."""

import threading
from collections.abc import Callable
from typing import Any

from warehouse import Lake, Settings
from warehouse.errors import NotSetUp


class Feed:
    """Answers are kept until a newer snapshot is committed. One per process, used from threads."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.missing = ""
        """What has to be done before there is a lake to show, as its error said."""
        self._lake: Lake | None = None
        self._turn = threading.Lock()
        self._snapshot: int | None = None
        self._answers: dict[tuple, Any] = {}

    def snapshot(self) -> int | None:
        """The newest snapshot; None while there is no lake yet."""
        with self._turn:
            return self._look()

    def ask(self, question: Callable[..., Any], *about: Any) -> Any:
        """`question(lake, *about)` at the newest snapshot; None while there is no lake yet."""
        with self._turn:
            if self._look() is None:
                return None
            key = (question, *about)
            if key not in self._answers:
                self._answers[key] = question(self._lake, *about)
            return self._answers[key]

    def _look(self) -> int | None:
        """Open the lake once it is there; forget the answers of an older snapshot."""
        try:
            self._lake = self._lake or Lake.open(self.settings)
        except NotSetUp as error:
            self.missing = str(error)
            return None
        newest = self._lake.snapshot()
        if newest != self._snapshot:
            self._snapshot = newest
            self._answers.clear()
        return newest
