"""What waits to be delivered to the service, and its delivery over one connection after another."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from google.genai.live import AsyncSession

from worker.gemini.hush import Hush
from worker.gemini.outbound import Outbound, Shot
from worker.gemini.posts import Post
from worker.gemini.receipts import LATER, Mark, Receipts

logger = logging.getLogger(__name__)


class Wire(Protocol):
    """An open connection, as far as mail goes."""

    @property
    def session(self) -> AsyncSession:
        """For what goes through google-genai's converters."""

    def write(self, message: bytes) -> bool:
        """Write one text frame at once if there is room for it; tells whether there was."""

    async def send(self, message: bytes) -> None:
        """Write one text frame."""

    async def probe(self, on_pong: Callable[[], None]) -> None:
        """Have `on_pong` called when all that was written so far has arrived."""


YOUNG = 1.0
"""Seconds for which a picture shows now, more or less."""
SIGHT = 0.3
"""Seconds that what asks waits for a picture, where one is to come: 0.05 to 0.25 are usual."""
MOST_POSTS = 200
"""Posts that may wait: what is typed in the longest outage, a question every second or two."""


@dataclass(slots=True)
class Mail:
    """First what a new connection begins with, then what the plugin sent, then media.

    Everything is struck off only when the service is known to have it, by the pong to a ping that
    was written behind it; what is not is first again over the next connection, but for pictures,
    which would no longer show now. Where a new one is to come (`await_picture`), what asks waits
    for it, and so does sound, which may ask. The plugin's posts are bounded here, media by
    `Outbound`.
    """

    outbound: Outbound
    clock: Callable[[], float]
    speech: Callable[[], bool] = lambda: False
    """Whether somebody speaks, so that every sample counts."""
    on_written: Callable[[int], None] = lambda _: None
    """Told after each message of media how many bytes of audio were written, in all."""
    _prologue: deque[Post] = field(default_factory=deque)
    _posts: deque[Post] = field(default_factory=deque)
    _written: deque[Post] = field(default_factory=deque)
    """Posts that may have arrived, oldest first."""
    _asked_first: bool = False
    """Whether the reply is still to come that the present connection began by asking for."""
    _count: int = 0
    """Posts written, over all connections."""
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _wire: Wire | None = None
    """What the writer delivers over."""
    _open: bool = False
    _sight_by: float = -inf
    """Until when nothing is to be asked without a picture."""
    _receipts: Receipts = field(default_factory=Receipts)
    _hush: Hush = field(default_factory=Hush)

    @property
    def _sightless(self) -> bool:
        return self.clock() < self._sight_by

    @property
    def asks(self) -> bool:
        """Whether something waits that asks for a reply."""
        return any(post.asks for post in (*self._prologue, *self._posts))

    @property
    def lines(self) -> frozenset[str]:
        """The items of the history that wait here."""
        return frozenset().union(*(post.lines for post in self._posts))

    def begin_with(self, post: Post) -> None:
        """Add to what the new connection begins with; of no use to another."""
        self._prologue.append(post)

    def post(self, post: Post) -> None:
        """Add something of the plugin's; of too many the oldest goes, but no answer of a tool."""
        self._posts.append(post)
        if len(self._posts) > MOST_POSTS:
            oldest = next((one for one in self._posts if not one.answers), self._posts[0])
            self._posts.remove(oldest)
            logger.warning("message dropped: too many wait for a connection")
        self._ready.set()

    def hear(self, pcm: bytes) -> None:
        """Add 16 kHz s16le mono samples; lasting silence may wait for more of it."""
        self.outbound.hear(pcm)
        if not self._hush.may_wait(pcm) and not self._write_at_once():
            self._ready.set()

    def see(self, jpeg: bytes, *, keep: bool) -> Shot:
        """Add one JPEG."""
        self._ready.set()
        return self.outbound.see(jpeg, keep=keep, at=self.clock())

    def forget_pictures(self) -> None:
        """Forget what waits and no longer shows now."""
        self.outbound.clear_pictures(before=self.clock() - YOUNG)

    def await_picture(self) -> None:
        """Ask nothing before the running picture that is to come, for a moment at most."""
        self._sight_by = self.clock() + SIGHT
        asyncio.get_running_loop().call_later(SIGHT, self._ready.set)

    def waits(self, post: Post) -> bool:
        """Whether a post still waits, or may not have arrived."""
        return any(post is one for one in (*self._posts, *self._written))

    def drop_answers(self) -> bool:
        """Forget answers to calls that a fresh connection does not know; were there any?"""
        waiting = len(self._posts)
        self._posts = deque(post for post in self._posts if not post.answers)
        return len(self._posts) < waiting

    def drop(self, lines: Sequence[str]) -> None:
        """Forget posts that are about nothing but these items of the history."""
        self._posts = deque(post for post in self._posts if not post.lines or post.lines - {*lines})

    def open(self) -> None:
        """Let delivery begin."""
        self._open = True
        self._ready.set()

    def close(self, *, refused: bool = False) -> None:
        """The connection is gone: nothing is delivered before the next `open`.

        `refused`: the service did not like what it was sent, perhaps the last post. That is not
        sent again: the fresh connection that follows is told of it with the history.
        """
        self._open = self._asked_first = False
        self._sight_by = -inf
        self._receipts.on_lost()
        self._prologue.clear()
        if not refused:
            self._posts.extendleft(reversed(self._written))
        self._written.clear()
        self.outbound.keep()

    def mark(self) -> Mark:
        """How far delivery has come."""
        return Mark(self._count, self.outbound.written)

    def prove(self, mark: Mark) -> None:
        """What was written up to then has arrived."""
        self._receipts.on_proof(mark)
        self._ready.set()
        self.outbound.prove(mark.audio)
        while self._written and self._count - len(self._written) < mark.posts:
            self._written.popleft()

    def prove_question(self) -> None:
        """A reply begins that was asked for in words: the service has them, and all before them."""
        if self._asked_first:
            self._asked_first = False
        elif any(post.asks for post in self._written):
            while not self._written.popleft().asks:
                pass

    async def deliver(self, wire: Wire) -> None:
        """Deliver over this connection until cancelled, or until writing fails."""
        self._wire = wire
        try:
            while True:
                await self._ready.wait()
                self._ready.clear()
                more = self._open
                while more:
                    more = await self._deliver_one(wire)
        finally:
            self._wire = None

    def _write_at_once(self) -> bool:
        """Write sound without waking the writer; tells whether there is nothing left to do.

        Waking the writer a hundred times a second would cost a fifth of the writes themselves.
        """
        waits = self._prologue or self._posts or self._sightless
        if self._wire is None or not self._open or waits:
            return False
        if (message := self.outbound.next()) is None or not self._wire.write(message):
            return False
        self.outbound.sent()
        self.on_written(self.outbound.written)
        return not self.outbound and not self._owes_question()

    async def probe(self, wire: Wire) -> None:
        """Ask whether what was written has arrived."""
        mark = self.mark()
        self._receipts.ask(mark, self.clock())
        await wire.probe(lambda: self.prove(mark))

    async def _ask_after(self, wire: Wire) -> None:
        """Ask whether what was written has arrived, if it is time to."""
        if self._owes_question():
            await self.probe(wire)

    def _owes_question(self) -> bool:
        posts = bool(self._written)
        return self._receipts.owed(self.mark(), self.clock(), posts=posts, speech=self.speech())

    async def _deliver_one(self, wire: Wire) -> bool:
        """Write what is first in line; tells whether there may be more.

        A write happens before its first await: what is being written counts as written.
        """
        sightless = self._sightless
        if self._prologue and not (sightless and self._prologue[0].asks):
            first = self._prologue.popleft()
            self._asked_first = self._asked_first or first.asks
            await first.write(wire.session)
        elif self._posts and not self._prologue and not self._must_wait(self._posts[0]):
            await self._send_post(wire, self._posts.popleft())
        elif (message := self.outbound.next(silent=sightless)) is not None:
            self.outbound.sent()
            if sightless and not self.outbound.pictures:
                self._sight_by = -inf
            await wire.send(message)
            self.on_written(self.outbound.written)
        else:
            await self._ask_after(wire)
            return False
        await self._ask_after(wire)
        if more := bool(self._prologue or self._posts or self.outbound):
            # A send that finds room in the socket's buffer does not let anybody else run.
            await asyncio.sleep(0)
        return more

    def _must_wait(self, post: Post) -> bool:
        spoken_of = post.results and self.outbound.wanted
        blind = post.asks and self._sightless
        return spoken_of or blind or (post.last and self.outbound.due > self.outbound.written)

    async def _send_post(self, wire: Wire, post: Post) -> None:
        self._written.append(post)
        self._count += 1
        self._receipts.on_post(self.clock())
        asyncio.get_running_loop().call_later(LATER, self._ready.set)
        if not await post.write(wire.session) and self._written and self._written[-1] is post:
            self._written.pop()
            self._count -= 1
