"""What waits to be delivered to the service, and its delivery over one connection after another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from google.genai.live import AsyncSession

from worker.gemini.dial import Line
from worker.gemini.outbound import Outbound

Send = Callable[[AsyncSession], Awaitable[None]]
"""Sends one thing through google-genai's converters."""


@dataclass(frozen=True, slots=True)
class Post:
    """Something of the plugin's."""

    send: Send
    answers_call: bool = False
    """Whether it answers a tool call, of which only a resumed connection knows."""


@dataclass(slots=True)
class Mail:
    """First what a new connection begins with, then what the plugin sent, then media.

    Everything is struck off only when it was written; what was not is first again over the next
    connection, but for pictures, which would no longer show now. The plugin's posts are few and
    kept until they are delivered; media is bounded by `Outbound`.
    """

    outbound: Outbound
    _prologue: deque[Send] = field(default_factory=deque)
    _posts: deque[Post] = field(default_factory=deque)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _open: bool = False

    def begin_with(self, send: Send) -> None:
        """Add to what the new connection begins with; of no use to another."""
        self._prologue.append(send)

    def post(self, post: Post) -> None:
        """Add something of the plugin's."""
        self._posts.append(post)
        self._ready.set()

    def hear(self, pcm: bytes) -> None:
        """Add 16 kHz s16le mono samples."""
        self.outbound.hear(pcm)
        self._ready.set()

    def see(self, jpeg: bytes, *, keep: bool) -> None:
        """Add one JPEG."""
        self.outbound.see(jpeg, keep=keep)
        self._ready.set()

    def drop_answers(self) -> bool:
        """Forget answers to calls that a fresh connection does not know; were there any?"""
        waiting = len(self._posts)
        self._posts = deque(post for post in self._posts if not post.answers_call)
        return len(self._posts) < waiting

    def open(self) -> None:
        """Let delivery begin."""
        self._open = True
        self._ready.set()

    def close(self) -> None:
        """The connection is gone: nothing is delivered before the next `open`."""
        self._open = False
        self._prologue.clear()
        self.outbound.keep()

    async def deliver(self, line: Line) -> None:
        """Deliver over this connection until cancelled, or until writing fails."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            more = self._open
            while more:
                more = await self._deliver_one(line)

    async def _deliver_one(self, line: Line) -> bool:
        """Write what is first in line and strike it off; tells whether there was anything."""
        if self._prologue:
            await self._prologue[0](line.session)
            self._prologue.popleft()
        elif self._posts:
            await self._posts[0].send(line.session)
            self._posts.popleft()
        elif (message := self.outbound.next()) is not None:
            await line.send(message)
            self.outbound.sent()
        else:
            return False
        # A send that finds room in the socket's buffer does not let anybody else run.
        await asyncio.sleep(0)
        return True
