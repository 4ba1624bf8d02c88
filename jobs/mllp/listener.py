"""The TCP side: connections of senders in, framed messages out of them, answers back."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from jobs.log import log
from jobs.mllp.answer import NOT_STORED, STORED, TOO_LONG, Verdict, answer, judged
from jobs.mllp.spool import CR, FS, VT, Spool


@dataclass(frozen=True)
class Limits:
    """What a sender may take."""

    connections: int = 100
    message_bytes: int = 1 << 24
    idle_seconds: float = 300
    land_seconds: float = 5
    """How long a stored message waits, at most, until it is landed."""
    land_bytes: int = 1 << 23


@dataclass
class Listener:
    """Stores what is sent, many messages to one fsync; `clock` gives the time in UTC."""

    spool: Spool
    limits: Limits
    clock: Callable[[], datetime]
    arrivals: asyncio.Queue = field(default_factory=asyncio.Queue)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("AA", "AE", "AR"), 0))
    open: set[asyncio.Task] = field(default_factory=set)

    async def run(self, host: str, port: int, stop: asyncio.Event, ready: Callable[[int], None]):
        """Listen until `stop`; then finish what was received and land it. Returns the counts.

        Raises whatever ends the keeping of messages: without it no sender would be answered.
        """
        keeper = asyncio.create_task(self._keep())
        server = await asyncio.start_server(
            self._serve, host, port, limit=self.limits.message_bytes
        )
        ready(server.sockets[0].getsockname()[1])
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({keeper, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        server.close()
        for connection in self.open:
            connection.cancel()
        await asyncio.gather(*self.open, return_exceptions=True)
        await self.arrivals.put(None)
        await keeper
        return self.counts

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; a fault in it ends it alone."""
        task = asyncio.current_task()
        if len(self.open) >= self.limits.connections:
            writer.close()
            return
        self.open.add(task)
        try:
            while (message := await self._next(reader, writer)) is not None:
                await self._reply(writer, message, await self._stored(message))
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the sender has gone, or is silent: it connects again when it has news
        finally:
            self.open.discard(task)
            writer.close()

    async def _next(self, reader, writer) -> bytes | None:
        """The next message, without its frame; None where one was too long to go on."""
        try:
            async with asyncio.timeout(self.limits.idle_seconds):
                frame = await reader.readuntil(FS)
        except asyncio.LimitOverrunError:
            await self._reply(writer, b"", TOO_LONG)
            return None
        return frame[:-1].rpartition(VT)[2].strip(CR + b"\n")

    async def _stored(self, message: bytes) -> Verdict:
        """Store it if it can be read, and say so when it is on disk."""
        if (verdict := judged(message)) is not STORED:
            return verdict
        done = asyncio.get_running_loop().create_future()
        await self.arrivals.put((message, done))
        return await done

    async def _reply(self, writer, message: bytes, verdict: Verdict) -> None:
        self.counts[verdict.code] += 1
        writer.write(VT + answer(message, verdict, self.clock()) + FS + CR)
        async with asyncio.timeout(self.limits.idle_seconds):
            await writer.drain()

    async def _keep(self) -> None:
        """Store what arrives, all that waits in one go, and land it every few seconds."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self.limits.land_seconds
        is_over = False
        while not is_over:
            waiting = await self._waiting(due - loop.time())
            is_over = None in waiting
            await self._store([arrival for arrival in waiting if arrival])
            if is_over or loop.time() >= due or self.spool.size >= self.limits.land_bytes:
                self._land()
                due = loop.time() + self.limits.land_seconds

    async def _waiting(self, seconds: float) -> list:
        """Everything that has arrived, or nothing after so many seconds."""
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                found = [await self.arrivals.get()]
        except TimeoutError:
            return []
        while not self.arrivals.empty():
            found.append(self.arrivals.get_nowait())
        return found

    async def _store(self, arrivals: list[tuple[bytes, asyncio.Future]]) -> None:
        """One fsync for all of them. What is stored already is not stored again, and is AA."""
        fresh = {message: None for message, _ in arrivals if not self.spool.has(message)}
        verdict = STORED
        if fresh:
            try:
                await asyncio.to_thread(self.spool.append, list(fresh))
            except OSError as error:
                log.error("messages not stored", messages=len(fresh), error=error.strerror)
                verdict = NOT_STORED
        for message, done in arrivals:
            if not done.done():
                done.set_result(verdict if message in fresh else STORED)

    def _land(self) -> None:
        name = f"mllp-{self.clock():%Y%m%dT%H%M%S.%fZ}.hl7"
        try:
            landed = self.spool.land(name)
        except OSError as error:
            log.error("spool not landed, tried again soon", error=error.strerror)
        else:
            if landed:
                log.info("landed", source=self.spool.folder.name, **self.counts)


def listen(
    spool: Spool, limits: Limits, host: str, port: int,
    clock: Callable[[], datetime], ready: Callable[[int], None],
) -> dict[str, int]:  # fmt: skip
    """Listen until SIGTERM or SIGINT; `ready` hears the port. Returns how many got which answer."""

    async def run() -> dict[str, int]:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        return await Listener(spool, limits, clock).run(host, port, stop, ready)

    try:
        return asyncio.run(run())
    finally:
        spool.close()
