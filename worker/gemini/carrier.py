"""Carries one connection after another: dials, writes, reads, asks for signs of life, hangs up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from google.genai import Client, types

from worker.gemini.dial import CONNECTION_ERRORS, SILENCE, SOCKET_ERRORS, Line, Setup, dial
from worker.gemini.failures import LOST, NO_SETUP, SILENT, Failure, classify
from worker.gemini.mail import Mail
from worker.gemini.moves import Alive, Event, Gone, SetUp
from worker.gemini.taps import How, Taps

logger = logging.getLogger(__name__)

REFUSALS = (1007, 1008)
"""Close codes for what the service will not take."""
PING_INTERVAL = 4.0
"""Seconds between signs of life that we ask for when nothing is written; well below what counts as
silence."""


@dataclass(slots=True)
class Carrier:
    """The sockets of one conversation, one at a time."""

    mail: Mail
    taps: Taps
    clock: Callable[[], float]
    feed: Callable[[Event], None]
    """Takes what happens to the connection; `Gone` once for each `start`."""
    read: Callable[[types.LiveServerMessage], Awaitable[None]]
    """Takes each message of the service; what comes next waits for it."""
    setup: Setup | None = None
    """What the newest connection was set up with."""
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while a connection is up."""
    _line: Line | None = None
    _task: asyncio.Task[None] | None = None
    _unbegun: asyncio.Task[None] | None = None
    """The newest task, while it has not taken its first step: cancelled now, it never will."""
    _aborted: bool = False
    _closed: bool = False
    _known: bool = False
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.clock()

    @property
    def silence(self) -> float:
        """Seconds of it after which the service takes a turn."""
        return SILENCE if self.setup is None else self.setup.silence

    def start(self, client: Client, setup: Setup, handle: str | None) -> None:
        """Open a connection; the one before is gone."""
        self.setup = setup
        self._task = asyncio.create_task(self._carry(client, setup, handle), name="lifeline")
        self._unbegun = self._task
        self._task.add_done_callback(self._on_done)

    def hang_up(self, *, abort: bool) -> None:
        """End the connection or the dial; `abort`: without a handshake."""
        self._aborted = abort
        if abort and self._line is not None:
            self._line.abort()
        if self._task is not None:
            self._task.cancel()

    async def aclose(self, within: float) -> None:
        """Wait for the end of a connection that was hung up, not for long; none is opened again."""
        self._closed = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=within)
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _carry(self, client: Client, setup: Setup, handle: str | None) -> None:
        """One connection, from the dial to its end, which is always reported."""
        self._unbegun = None
        failure, left = LOST, False
        try:
            async with dial(client, setup, handle) as line:
                await self._live(line, "resumed" if handle else "fresh")
        except asyncio.CancelledError:
            logger.debug("gemini live connection hung up")
            failure, left = SILENT if self._line else NO_SETUP, not self._aborted
        except Exception as error:
            failure = self._cause(error)
        finally:
            self._end(failure, left=left)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        if task is self._unbegun:
            self._end(NO_SETUP, left=not self._aborted)

    def _cause(self, error: Exception) -> Failure:
        known = CONNECTION_ERRORS if self._line is None else SOCKET_ERRORS
        if not isinstance(error, known):
            logger.error("gemini live connection ended by a fault of ours", exc_info=error)
            return LOST
        failure = classify(error)
        logger.info("gemini live connection ended", extra={"cause": failure.operator})
        return failure

    async def _live(self, line: Line, how: How) -> None:
        self._line = line
        line.on_life = lambda: self.feed(Alive())
        self.feed(SetUp())
        # Hung up at once, it ends here: it was dialled with a setting that is no longer wanted.
        await asyncio.sleep(0)
        self.connected.set()
        how, seconds = how if self._known else "first", self.clock() - self._since
        logger.info("gemini live connected", extra={"seconds": round(seconds, 3), "how": how})
        self.taps.connected(seconds, how)
        self._known = True
        reader = asyncio.create_task(self._read(line), name="lifeline-reader")
        beside = [
            asyncio.create_task(self._besides(self.mail.deliver(line)), name="lifeline-writer"),
            asyncio.create_task(self._besides(self._ping(line)), name="lifeline-pings"),
        ]
        try:
            await asyncio.wait([reader, *beside], return_when=asyncio.FIRST_COMPLETED)
            if not reader.done():
                logger.error("gemini live connection without a writer is given up")
                return
            await reader
        finally:
            for task in (reader, *beside):
                task.cancel()
            await asyncio.gather(reader, *beside, return_exceptions=True)

    async def _read(self, line: Line) -> None:
        async for message in line.messages():
            await self.read(message)

    async def _besides(self, work: Awaitable[None]) -> None:
        """Work beside the reader until cancelled; a broken socket is left to the reader to report.

        Returns if it fails for any other reason, which ends the connection: nobody would write.
        """
        try:
            await work
        except SOCKET_ERRORS:
            await asyncio.get_running_loop().create_future()
        except Exception:
            logger.exception("gemini live connection cannot be written to")

    async def _ping(self, line: Line) -> None:
        while True:
            await asyncio.sleep(PING_INTERVAL)
            await self.mail.probe(line)

    def _end(self, failure: Failure, *, left: bool) -> None:
        if self._line is not None:
            self._since = self.clock()
            if self._line.parted:
                self.mail.prove(self.mail.mark())
        self._line = None
        self.mail.close(refused=failure.code in REFUSALS)
        self.connected.clear()
        if not self._closed:
            self.taps.lost(None if left else failure)
        self.feed(Gone(failure))
