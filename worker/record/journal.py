"""A call's side of the record: hands over what the room was told, and never holds the call up."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from worker.record.entries import encode
from worker.record.ledger import Ledger
from worker.room.messages import Message

logger = logging.getLogger(__name__)

PERIOD = 0.2
"""Seconds in which entries gather before they are handed over together."""
AGAIN = 0.5
"""Seconds until the scribe is looked for again."""
FAREWELL = 5.0
"""Seconds that the end of a call waits for the rest to be safe."""


class Journal:
    """Writes one call's entries to the scribe's socket; what was not confirmed is written again.

    Without a socket nothing is kept. Its queue is the ledger's, bounded; putting something in it
    takes microseconds. A scribe that is away or slow costs nothing but, in the end, the oldest
    entries.
    """

    def __init__(self, ledger: Ledger, socket: str) -> None:
        self.ledger = ledger
        self._socket = socket
        self._more = asyncio.Event()
        self._safe = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def open(self, *, room: str, persona: str, model: str) -> None:
        """The conversation begins."""
        if not self._socket:
            return
        self.ledger.open(room=room, persona=persona, model=model, at=time.time())
        self._running = asyncio.create_task(self._run(), name="journal")

    def put(self, message: Message) -> None:
        """Take down a message to the room."""
        if self._running is not None:
            self.ledger.note(message)
            self._more.set()

    def hear(self, began: bool) -> None:
        """The user begins or ends to speak."""
        self.ledger.hear(began)

    async def aclose(self, reason: str) -> None:
        """Hand over the rest, for a moment at most, and stop."""
        if self._running is None:
            return
        self.ledger.close(reason)
        self._safe.clear()
        self._more.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._safe.wait()
        self._running.cancel()
        await asyncio.wait([self._running])
        if lost := self.ledger.dropped + self.ledger.left:
            logger.error("record may be incomplete", extra={"entries": lost})

    async def _run(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self._socket)
            except OSError:
                await asyncio.sleep(AGAIN)
                continue
            confirming = asyncio.create_task(self._confirm(reader), name="journal confirming")
            try:
                await self._hand_over(writer, confirming)
            except OSError:
                logger.debug("the scribe is gone", exc_info=True)
            finally:
                confirming.cancel()
                writer.close()
                self.ledger.take_back()
            await asyncio.sleep(AGAIN)

    async def _hand_over(
        self, writer: asyncio.StreamWriter, confirming: asyncio.Task[None]
    ) -> None:
        while not confirming.done():
            while entries := self.ledger.take():
                writer.write(b"".join(encode(entry) for entry in entries))
                await writer.drain()
            self._more.clear()
            more = asyncio.create_task(self._more.wait(), name="journal waiting")
            try:
                await asyncio.wait([more, confirming], return_when=asyncio.FIRST_COMPLETED)
            finally:
                more.cancel()
            await asyncio.sleep(PERIOD)

    async def _confirm(self, reader: asyncio.StreamReader) -> None:
        """Read how many entries are safe; over when the scribe goes."""
        with contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                self.ledger.confirm(int(line))
                if self.ledger.empty:
                    self._safe.set()
