"""The way out to the room: messages numbered, in order, one at a time, never holding anyone up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace

from worker.room.messages import Message, Transcript, Vision, encode

logger = logging.getLogger(__name__)

LIMIT = 256
"""Messages that may wait: about a minute of lively talk while the room is away."""
SEND_TIMEOUT = 5.0
"""Seconds one packet may take; a room that reconnects can leave it unanswered."""
FLUSH_TIMEOUT = 1.0
"""Seconds that closing waits for what is still queued."""


class Outbox:
    """Publishes messages in the order they were put; owned by the call, used on its event loop.

    When more wait than `limit`, one is left out and counted: the oldest transcript that is not
    final (a newer one says all of it again), else the oldest picture report, else the oldest. What
    the room gets keeps its order, and the gap in `seq` shows that something is missing.
    """

    def __init__(
        self,
        publish: Callable[[bytes], Awaitable[None]],
        limit: int = LIMIT,
        *,
        clock: Callable[[], float] = time.time,
        send_timeout: float = SEND_TIMEOUT,
        flush_timeout: float = FLUSH_TIMEOUT,
    ) -> None:
        self._publish = publish
        self._limit = limit
        self._clock = clock
        self._send_timeout = send_timeout
        self._flush_timeout = flush_timeout
        self._waiting: deque[Message] = deque()
        self._put = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._seq = 0
        self.sent = 0
        """Messages the room took."""
        self.dropped = 0
        """Messages left out because too many waited or the outbox was closed."""
        self.failed = 0
        """Messages that could not be published."""

    def start(self) -> None:
        """Begin to publish; what was put before is published first."""
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._run(), name="outbox")

    def put(self, message: Message) -> Message:
        """Queue a message and return it with its `seq` and `at`. Never blocks, never raises."""
        if self._closed:
            self.dropped += 1
            return message
        self._seq += 1
        message = replace(message, seq=self._seq, at=self._clock())
        self._waiting.append(message)
        if len(self._waiting) > self._limit:
            self._leave_one_out()
        self._empty.clear()
        self._put.set()
        return message

    async def aclose(self) -> None:
        """Publish what waits, for a moment at most, and stop; may be called twice."""
        self._closed = True
        task, self._task = self._task, None
        try:
            if task is not None:
                await asyncio.wait_for(self._empty.wait(), self._flush_timeout)
        except TimeoutError:
            logger.warning("outbox closed with messages left", extra={"left": len(self._waiting)})
        finally:
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
            self.dropped += len(self._waiting)
            self._waiting.clear()

    async def _run(self) -> None:
        while True:
            await self._put.wait()
            while self._waiting:
                await self._send(self._waiting.popleft())
            self._put.clear()
            self._empty.set()

    async def _send(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._send_timeout):
                await self._publish(encode(message))
        except asyncio.CancelledError:
            self.dropped += 1
            raise
        except ConnectionError:
            self.failed += 1
            logger.debug("message not published", extra={"type": message.TYPE})
        except Exception:
            # Whatever the room's side raises, the next message is tried all the same.
            self.failed += 1
            logger.warning("message not published", extra={"type": message.TYPE}, exc_info=True)
        else:
            self.sent += 1

    def _leave_one_out(self) -> None:
        self.dropped += 1
        for spare in (_is_partial, _is_picture):
            for index, message in enumerate(self._waiting):
                if spare(message):
                    del self._waiting[index]
                    return
        self._waiting.popleft()


def _is_partial(message: Message) -> bool:
    return isinstance(message, Transcript) and not message.final


def _is_picture(message: Message) -> bool:
    return isinstance(message, Vision) and message.status == "sent"
