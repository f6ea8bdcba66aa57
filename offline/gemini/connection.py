"""One socket: its frames go into a Session, the session's effects go out or into threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from aiohttp import WSMsgType, web

from offline.gemini.account import Account
from offline.gemini.line import Close, Effect, Hear, Send, Think, Voice
from offline.gemini.senses import Actions, Senses
from offline.gemini.session import INTERNAL_ERROR, Session
from offline.gemini.temper import Temper
from offline.gemini.wire import Json, cut_reason, encode

logger = logging.getLogger(__name__)

UNSENT = 4096
"""Messages that wait for a client that does not read; one more ends the connection."""


class Connection:
    """Runs one session on one socket, until either side closes it."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        session: Session,
        account: Account,
        *,
        senses: Senses,
        temper: Callable[[], Temper],
        clock: Callable[[], float],
        abort: Callable[[], None],
    ) -> None:
        self._socket, self._session, self._account = socket, session, account
        self._senses, self._temper, self._clock, self._abort = senses, temper, clock, abort
        self._outgoing: asyncio.Queue[Send | Close] = asyncio.Queue(UNSENT)
        self._jobs: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    async def run(self) -> None:
        """Serve the socket; returns when it is closed, with nothing left behind."""
        writer = asyncio.create_task(self._write(), name=f"gemini-writer-{self._account.number}")
        self._settle()
        try:
            async for message in self._socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                self._enter(message.data)
        finally:
            self._account.closed = self._clock()
            self._session.leave(self._account.closed)
            if self._timer is not None:
                self._timer.cancel()
            if not self._closing:
                writer.cancel()
            for job in self._jobs:
                job.cancel()
            # A close of our own is let finish: the client is to read its code.
            await asyncio.gather(writer, *self._jobs, return_exceptions=True)
            self._account.close_code = self._socket.close_code

    def end(self, code: int, reason: str) -> None:
        """Close the connection from this side."""
        self._session.close(code, reason, self._clock())
        self._settle()

    def reset(self) -> None:
        """Drop the connection without a word."""
        self._abort()

    def _enter(self, frame: str | bytes) -> None:
        """Take in every client message: the only place where they come in."""
        self._session.receive(frame, self._clock())
        self._settle()

    async def _leave(self, message: Json) -> None:
        """Send a server message: the only place where they go out."""
        temper = self._temper()
        data = encode(message, compact=temper.compact)
        if temper.text_frames:
            await self._socket.send_str(data.decode())
        else:
            await self._socket.send_bytes(data)

    async def _write(self) -> None:
        try:
            while True:
                item = await self._outgoing.get()
                if isinstance(item, Close):
                    message = cut_reason(item.reason)
                    await self._socket.close(code=item.code, message=message)
                    return
                await self._leave(item.message)
        except ConnectionError:
            logger.debug("client went away")
        except Exception:
            logger.exception("a message could not be sent")
            self._abort()

    def _settle(self) -> None:
        """Carry out the session's effects and set the alarm for what comes next."""
        for effect in self._session.take_effects():
            self._carry_out(effect)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._session.next_due
        if due is not None:
            delay = max(0.0, due - self._clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._session.tick(self._clock())
        self._settle()

    def _carry_out(self, effect: Effect) -> None:
        self._closing = self._closing or isinstance(effect, Close)
        if isinstance(effect, Send | Close):
            if self._outgoing.full():
                self._abort()
            else:
                self._outgoing.put_nowait(effect)
            return
        name = f"gemini-{type(effect).__name__.lower()}-{self._account.number}"
        job = asyncio.create_task(self._job(effect), name=name)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _job(self, effect: Hear | Think | Voice) -> None:
        session, senses, clock = self._session, self._senses, self._clock
        try:
            if isinstance(effect, Hear):
                text = await asyncio.to_thread(senses.transcribe, effect.pcm)
                session.heard(effect.utterance, text, clock())
            elif isinstance(effect, Voice):
                pcm = await asyncio.to_thread(senses.speak, effect.text)
                session.voiced(effect.reply, pcm, clock())
            else:
                actions = await asyncio.to_thread(_think, senses, effect)
                session.thought(effect.reply, actions, clock())
        except Exception:
            logger.exception("a sense failed")
            session.close(1011, INTERNAL_ERROR, clock())
        self._settle()


def _think(senses: Senses, effect: Think) -> Actions:
    seen = senses.look(effect.frames) if effect.frames else None
    return senses.think(replace(effect.prompt, seen=seen))
