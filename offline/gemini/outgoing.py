"""What leaves on one socket: a bounded queue, its writer, and what is put in late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from offline.gemini.line import Close, Send
from offline.gemini.plumbing import Plumbing
from offline.gemini.tampering import Later
from offline.gemini.temper import Temper
from offline.gemini.wire import Json, cut_reason, encode

logger = logging.getLogger(__name__)

UNSENT = 4096
"""Messages that wait for a client that does not read; one more ends the connection."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes to be sent as they are, which may be no message at all."""

    data: bytes


class Outgoing:
    """Sends in order what is put; `on_sent(message, size)` follows each server message."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        plumbing: Plumbing,
        temper: Callable[[], Temper],
        on_sent: Callable[[Json, int], None],
    ) -> None:
        self._socket, self._plumbing = socket, plumbing
        self._temper, self._on_sent = temper, on_sent
        self._waiting: asyncio.Queue[Send | Close | Frame] = asyncio.Queue(UNSENT)
        self._delayed: set[asyncio.TimerHandle] = set()

    def put(self, item: Send | Close | Frame) -> None:
        """Have it sent after all that waits."""
        if self._waiting.full():
            self._plumbing.abort()
        else:
            self._waiting.put_nowait(item)

    def put_later(self, later: Later) -> None:
        """Put it in when its time has come."""

        def put() -> None:
            self._delayed.discard(handle)
            self.put(Send(later.message))

        handle = asyncio.get_running_loop().call_later(later.seconds, put)
        self._delayed.add(handle)

    def close(self) -> None:
        """Put nothing in late any more."""
        for timer in self._delayed:
            timer.cancel()

    async def run(self) -> None:
        """Send until the connection is closed, from this side or the other."""
        try:
            while not await self._send(await self._waiting.get()):
                pass
        except ConnectionError:
            logger.debug("client went away")
        except Exception:
            logger.exception("a message could not be sent")
            self._plumbing.abort()

    async def _send(self, item: Send | Close | Frame) -> bool:
        """Send one thing; tells whether it was the last."""
        await self._plumbing.writable.wait()
        if isinstance(item, Close):
            await self._socket.close(code=item.code, message=cut_reason(item.reason))
            self._plumbing.release()
            return True
        if isinstance(item, Frame):
            await self._transmit(item.data)
        else:
            await self._leave(item.message)
        return False

    async def _leave(self, message: Json) -> None:
        """Send a server message: the only place where they go out."""
        data = encode(message, compact=self._temper().compact)
        await self._transmit(data)
        self._on_sent(message, len(data))

    async def _transmit(self, data: bytes) -> None:
        if self._temper().text_frames:
            await self._socket.send_str(data.decode())
        else:
            await self._socket.send_bytes(data)
