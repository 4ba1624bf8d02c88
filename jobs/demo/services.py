"""Everything the demo has started, and its end."""

import signal
from collections.abc import Callable

from jobs.demo import processes
from jobs.demo.processes import Service


class Services:
    """Leaving the block ends every service in it, whatever happened; nothing interrupts that."""

    def __init__(self, note: Callable[[list[int]], None]):
        self._note = note
        self._services: list[Service] = []

    def __enter__(self) -> "Services":
        return self

    def __exit__(self, *_) -> None:
        interrupts = (signal.SIGINT, signal.SIGTERM)
        handlers = [(one, signal.signal(one, signal.SIG_IGN)) for one in interrupts]
        try:
            processes.stop(self._services)
        finally:
            for interrupt, handler in handlers:
                signal.signal(interrupt, handler)

    def add(self, service: Service) -> Service:
        self._services.append(service)
        self._note([one.session for one in self._services])
        return service

    def pids(self) -> list[int]:
        return processes.members(service.session for service in self._services)

    def ended(self) -> list[Service]:
        """Services that have ended by themselves: they never should."""
        return [service for service in self._services if service.process.poll() is not None]
