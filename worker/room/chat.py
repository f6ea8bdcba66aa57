"""Takes what is typed to the agent: from who is served, within bounds, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable

from livekit import rtc

from worker.room.gate import Gate
from worker.room.wording import clean
from worker.tasks import Tasks

logger = logging.getLogger(__name__)

TOPIC = "lk.chat"
MAX_TYPED = 4_000
"""Characters of a typed question that are read."""
WAITING = 8
"""Lines that wait while one is asked; what comes when so many wait is left out."""
SLOWEST = 10.0
"""Seconds that a line may take to arrive."""

CUT = f"What you typed was too long; I read its first {MAX_TYPED:,} characters."
FLOOD = "That is more than I can read. Some of what you typed was left out; please wait a moment."
UNASKED = "What you typed last was cut off before I had read it. Please type it again."


class Chat:
    """The text streams on `lk.chat`, instead of LiveKit's own reception, which reads everything.

    Five lines may come at once and then one a second; whoever sends more is read again after two
    seconds of silence, and told so once. A line of anybody who is not served is not read at all.
    What is left out costs some 0.1 ms, and never touches the reply that is being spoken.
    """

    def __init__(
        self,
        room: rtc.Room,
        *,
        served: Callable[[], str],
        ask: Callable[[str], Awaitable[bool]],
        tell: Callable[[str, str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Args:
            served: Gives the identity of the participant who is served.
            ask: Takes a line to the agent, tells whether that came so far; the next follows then.
            tell: Takes a level and a sentence for the room.
        """
        self._room, self._served, self._ask, self._tell = room, served, ask, tell
        self._clock = clock
        self._tasks = Tasks()
        self._lines: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self._writer, self._gate = "", _gate()

    def start(self) -> None:
        """Begin to read."""
        self._room.register_text_stream_handler(TOPIC, self._on_stream)
        self._tasks.spawn(self._run(), "chat")

    async def aclose(self) -> None:
        """Read nothing more."""
        with contextlib.suppress(ValueError):
            self._room.unregister_text_stream_handler(TOPIC)
        await self._tasks.aclose()

    def _on_stream(self, reader: rtc.TextStreamReader, writer: str) -> None:
        if not writer or writer != self._served():
            reader.close()
            logger.debug("chat of somebody else is not read")
            return
        if writer != self._writer:
            self._writer, self._gate = writer, _gate()
        flooded = self._gate.shut
        if self._gate.admit(self._clock()):
            self._tasks.spawn(self._read(reader), "chat line")
            return
        reader.close()
        if not flooded:
            self._overflow()

    async def _read(self, reader: rtc.TextStreamReader) -> None:
        text = ""
        try:
            async with asyncio.timeout(SLOWEST):
                async for part in reader:
                    text += part
                    if len(text) > 2 * MAX_TYPED:
                        break
        except (TimeoutError, rtc.StreamError):
            logger.info("a typed line did not arrive whole")
            return
        finally:
            reader.close()
        self._take(text)

    def _take(self, text: str) -> None:
        text = clean(text).strip()
        if not text:
            return
        if len(text) > MAX_TYPED:
            self._tell("warning", CUT)
        try:
            self._lines.put_nowait(text[:MAX_TYPED])
        except asyncio.QueueFull:
            self._overflow()

    def _overflow(self) -> None:
        logger.warning("more is typed than can be read")
        self._tell("warning", FLOOD)

    async def _run(self) -> None:
        while True:
            line = await self._lines.get()
            try:
                if not await self._ask(line):
                    self._tell("warning", UNASKED)
            except Exception:
                # Whatever the session raises, the next line is asked all the same.
                logger.exception("a typed line was not asked")


def _gate() -> Gate:
    return Gate(burst=5, interval=1.0, silence=2.0)
